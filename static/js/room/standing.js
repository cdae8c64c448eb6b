/**
 * Where the caller stands, in words: how many wait ahead and how long it may take, with whom they talk, that it is over.
 *
 * @typedef {import("../protocol.js").State} State
 */

import { worded } from "../templates.js";
import { part, words } from "./page.js";

/**
 * @param {number} wait seconds
 * @returns {string}
 */
function waitWords(wait) {
  const ranges = Array.from(document.querySelectorAll("template[data-from]")).filter(
    (range) => wait >= Number(range.getAttribute("data-from")),
  );
  const range = /** @type {HTMLTemplateElement|undefined} */ (ranges.pop());
  return range ? String(range.content.textContent).trim() : "";
}

/**
 * @param {State} frame
 * @returns {string}
 */
function stateWords(frame) {
  if (frame.state === "waiting") {
    const ahead = frame.ahead || 0;
    const known = ahead === 0 ? words("aheadNone") : ahead === 1 ? words("aheadOne") : words("aheadMany");
    return worded(known, { n: ahead });
  }
  if (frame.state === "talking") {
    return worded(words("talking"), { name: frame.name || "" });
  }
  return frame.state === "asleep" ? words("asleep") : words("over");
}

/**
 * Change words only where they are others: a screen reader says each change.
 *
 * @param {string} name of the element in the state's line
 * @param {string} sentence
 */
function put(name, sentence) {
  const place = part("state").querySelector(name);
  if (place && String(place.textContent).trim() !== sentence) {
    place.textContent = sentence;
  }
}

/**
 * Take the word away that nobody of the team is free, once the wait got shorter than it was then, or is over.
 *
 * @param {State} frame
 */
function somebodyIsHere(frame) {
  const word = document.getElementById("nobody");
  if (word && (frame.state !== "waiting" || (frame.wait || 0) < Number(word.dataset.wait))) {
    word.remove();
  }
}

/** @param {State} frame */
export function stand(frame) {
  put("strong", stateWords(frame));
  put("span", frame.state === "waiting" ? waitWords(frame.wait || 0) : "");
  somebodyIsHere(frame);
  part("waiting").hidden = frame.state !== "waiting";
  const danger = document.getElementById("danger-later");
  if (danger) {
    danger.hidden = frame.state === "waiting";
  }
}
