/** A form of a fragment that keeps what is written into it as a draft, until it is sent: `data-keeps` says where. */

import { createAutosaver } from "./autosave.js";
import { post } from "./requests.js";
import { say, wordsOf } from "./words.js";

/** @param {HTMLElement} place  whose forms come and go */
export function keepDrafts(place) {
  /** @type {HTMLFormElement|null} */
  let form = null;
  const saver = createAutosaver({
    save: (value) => post(value.to, value.fields),
    tell: (status, outcome) => {
      const told = form && form.querySelector("[data-kept]");
      if (told instanceof HTMLElement) {
        say(told, (outcome && outcome.problem) || wordsOf(told, status));
      }
    },
  });
  place.addEventListener("input", (event) => {
    const inside = event.target instanceof Element ? event.target.closest("form[data-keeps]") : null;
    if (inside instanceof HTMLFormElement) {
      form = inside;
      const fields = Array.from(new FormData(form), ([name, value]) => [name, String(value)]);
      saver.changed({ to: form.dataset.keeps || "", fields });
    }
  });
  place.addEventListener("submit", () => saver.settle(), true); // what is sent now is kept by its own address
  return saver;
}
