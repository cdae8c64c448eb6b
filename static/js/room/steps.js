/**
 * The small forms of the conversation page, sent without leaving it, so that what is being written stays in the box;
 * and the question for consent, fetched into the page when the volunteer puts it there.
 */

import { leaving, notice, part, reload, words } from "./page.js";

/**
 * @param {string} html a whole page
 * @returns {HTMLElement|null} its part with the question for consent
 */
function askedIn(html) {
  return new DOMParser().parseFromString(html, "text/html").getElementById("asked");
}

/** @param {string} html */
function putAsked(html) {
  const fresh = askedIn(html);
  const old = part("asked");
  if (fresh && Boolean(fresh.firstElementChild) !== Boolean(old.firstElementChild)) {
    old.replaceWith(document.importNode(fresh, true));
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
      putAsked(await answer.text());
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
async function take(form, button) {
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
    putAsked(await answer.text());
    if (button.value === "danger") {
      document.querySelectorAll('button[value="danger"]').forEach((door) => door.remove());
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
      take(button.form, button);
    }
  });
}
