/**
 * The caller's plan: what is being written keeps itself, as a sealed draft on the line that is shown to nobody else.
 * Nothing is kept in the browser. Without this script the button keeps what stands in the form.
 */

import { createAutosaver } from "../desk/autosave.js";
import { post } from "../desk/requests.js";
import { part, say, wordsOf } from "../desk/words.js";

const form = document.querySelector("[data-plan]");
if (form instanceof HTMLFormElement) {
  const state = part(form, "[data-state]");
  let wanted = false; // «Guardar» was touched while the line could not be reached
  /** @returns {[string, string][]} */
  const written = () => Array.from(new FormData(form), ([name, value]) => [name, String(value)]);

  const saver = createAutosaver({
    save: (value) => post(form.dataset.draftUrl || "", value),
    tell: (status, outcome) => {
      const problem = status === "refused" && outcome && outcome.problem;
      say(state, problem || wordsOf(state, status));
      if (wanted && status === "saved") {
        form.submit();
      }
    },
  });
  form.addEventListener("input", () => saver.changed(written()));
  form.addEventListener("submit", async (event) => {
    if (event.submitter instanceof HTMLButtonElement && event.submitter.name) {
      saver.settle(); // another button: it throws the draft away
      return;
    }
    event.preventDefault(); // kept first: a page that cannot be reached would take the words with it
    saver.changed(written());
    wanted = true;
    await saver.flush(); // it tells how that went, and tries again by itself
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      saver.flush();
    }
  });
  addEventListener("pagehide", () => saver.flush());
  addEventListener("online", () => saver.flush());
  addEventListener("leaving", () => saver.settle());
}
