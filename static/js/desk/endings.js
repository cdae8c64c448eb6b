/**
 * Ends what was no conversation (silence, a test, a joke, an insult, the wrong place) with one touch and no note.
 *
 * @typedef {import("./desk_state.js").Place} Place
 *
 * @typedef {object} Hooks
 * @property {(place: Place) => void} over  take it off the list, if the line has said already that it is over
 * @property {(text: string) => void} notice
 * @property {(shown: HTMLElement) => void} show  in place of a notice
 * @property {() => void} pause
 */

import { clone } from "../templates.js";
import { post } from "./requests.js";
import { part, wordsIn } from "./words.js";

/**
 * @param {string} url
 * @param {Place} place
 * @param {string} ending
 * @param {Hooks} hooks
 */
export async function endWithoutNote(url, place, ending, hooks) {
  place.closing = true; // it leaves the list as soon as the line says that it is over
  const outcome = await post(url, [
    ["contact", place.contact],
    ["ending", ending],
  ]);
  if (!outcome.kept) {
    place.closing = false;
    hooks.notice(outcome.problem || wordsIn("fragment-unsent"));
    return;
  }
  hooks.over(place);
  if (ending === "insult") {
    hooks.show(pauseOffered(hooks));
  } else {
    hooks.notice(wordsIn("ended-without-note"));
  }
}

/**
 * After an insult: a pause is one touch away, and nobody asks why.
 *
 * @param {Hooks} hooks
 * @returns {HTMLElement}
 */
function pauseOffered(hooks) {
  const shown = clone("after-insult");
  part(shown, "[data-close]").addEventListener("click", () => shown.remove());
  part(shown, "[data-pause]").addEventListener("click", () => {
    hooks.pause();
    shown.remove();
  });
  return shown;
}
