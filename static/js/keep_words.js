/**
 * Forms do not leave the page while the line cannot be reached: the browser's own page would take along what was
 * written, and the numbers to call. It is said beside the button, and goes on by itself.
 */

const PATIENCE = 15000; // milliseconds until no answer counts as none
const AGAIN = 3000;

/** @param {number} time */
const after = (time) => new Promise((done) => setTimeout(done, time));

/** @returns {Promise<unknown>} whether the line answers; nothing is sent but the question */
const answers = () =>
  Promise.race([fetch("/healthz", { method: "HEAD", cache: "no-store" }).catch(() => false), after(PATIENCE)]);

/**
 * Say whether something would be lost with the page: words, or the numbers beside the door for danger.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
function wouldLose(form, button) {
  const words = Array.from(form.querySelectorAll("textarea, input:not([type])"));
  return button.value === "danger" || !navigator.onLine || words.some((one) => "value" in one && one.value);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const known = form instanceof HTMLFormElement && button instanceof HTMLButtonElement;
  if (!known || form.method !== "post" || !wouldLose(form, button)) {
    return; // an old browser, which does not say which button it was, sends it as ever
  }
  event.preventDefault();
  while (!(await answers())) {
    if (!form.querySelector("[data-no-signal]")) {
      const words = /** @type {HTMLTemplateElement} */ (document.getElementById("no-signal"));
      form.append(document.importNode(words.content, true));
    }
    await after(AGAIN);
  }
  if (!document.documentElement.hasAttribute("data-leaving")) {
    const pressed = document.createElement("input"); // as the button would have sent it
    pressed.type = "hidden";
    pressed.name = button.name;
    pressed.value = button.value;
    form.append(pressed);
    form.action = button.hasAttribute("formaction") ? button.formAction : form.action;
    form.submit();
  }
});
