/**
 * Asks this device for its key when the form is sent: to add one, or to show that it is here.
 *
 * What to ask for comes with the page; a library of allauth's (webauthn-json) speaks with the browser.
 */

/** @param {HTMLFormElement} form */
function askBeforeSending(form) {
  const field = /** @type {HTMLInputElement} */ (form.querySelector('input[name="credential"]'));
  const problem = /** @type {HTMLElement} */ (document.querySelector("[data-passkey-problem]"));
  const asked = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("passkey-asked")).textContent || "{}");
  const device = /** @type {any} */ (window).webauthnJSON;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const answer = asked.creation_options
        ? await device.create(asked.creation_options)
        : await device.get(asked.request_options);
      field.value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      problem.hidden = false; // given up, not allowed, or no such key: trying again is always possible
    }
  });
  form.querySelectorAll("button").forEach((button) => {
    button.disabled = false; // sent before this, the form would carry no key
  });
}

const waiting = document.querySelector("form[data-passkey]");
if (waiting instanceof HTMLFormElement) askBeforeSending(waiting);
