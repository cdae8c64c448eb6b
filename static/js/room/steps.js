/**
 * The small forms of the conversation page, sent without leaving it, so that what is being written stays in the box;
 * and the question for consent, fetched into the page when the volunteer puts it there.
 */

import { done, leaving, notice, part, reload, words } from "./page.js";

/**
 * Parts that the line fills or empties while the page is open: the question for consent and what follows from it, the
 * numbers to call now, the plan of the conversation before, and whether others use this telephone.
 */
const PARTS = ["asked", "urgent", "earlier", "shared-phone", "ask-shared", "after-consent"];
/**
 * Take those parts over from the page as the line shows it now; what stands there already keeps what was chosen in it.
 *
 * @param {string} html
 */
function take(html) {
  const shown = new DOMParser().parseFromString(html, "text/html");
  for (const id of PARTS) {
    const fresh = shown.getElementById(id);
    const old = part(id);
    if (fresh && Boolean(fresh.firstElementChild) !== Boolean(old.firstElementChild)) {
      old.replaceWith(document.importNode(fresh, true));
    }
  }
}

/**
 * Bring the question for consent into the page, or take it away, as the line has it now.
 *
 * @param {string} talk address
 * @returns {Promise<boolean>} whether a question stands there
 */
export async function fetchAsked(talk) {
  try {
    const answer = await fetch(talk, { cache: "no-store" });
    if (answer.ok && !leaving()) {
      take(await answer.text());
      if (part("asked").childElementCount) {
        done(); // what was done before covers nothing of the question
      }
    }
  } catch (error) {
    return false; // the next word of the line brings it
  }
  return Boolean(part("asked").firstElementChild);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
async function send(form, button) {
  const body = new URLSearchParams();
  new FormData(form).forEach((value, name) => body.append(name, String(value)));
  body.append(button.name, button.value);
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body, cache: "no-store" });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    if (form.dataset.step === "reload") {
      reload();
      return;
    }
    notice(form.dataset.done || "", "status");
    take(await answer.text());
    if (button.value === "shared") {
      dispatchEvent(new Event("shared"));
    }
    const inDanger = button.value === "danger";
    if (inDanger) {
      document.querySelectorAll('button[value="danger"]').forEach((door) => door.remove());
    }
    if (!button.isConnected) {
      part("problem").focus({ preventScroll: true }); // what was touched is gone: nobody is left where nothing is
      part(inDanger ? "urgent" : "write").scrollIntoView({ block: inDanger ? "start" : "end" });
    }
  } catch (error) {
    notice(words("stepFailed"));
  }
  button.disabled = false;
}

/** Take over the forms marked with data-step. */
export function bindSteps() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("form[data-step] button") : null;
    if (button instanceof HTMLButtonElement && button.form) {
      event.preventDefault();
      send(button.form, button);
    }
  });
}
