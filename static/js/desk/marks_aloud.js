/**
 * Says aloud, politely and once, what begins to stand at a conversation: words worth a look, a level that rose, the
 * reminder. In a region of its own, so that no message takes its place.
 *
 * @typedef {import("./desk_state.js").Place} Place
 */

import { announce } from "../announcer.js";
import { wordsOf } from "./words.js";

/**
 * @param {string} id
 * @param {string} selector
 * @returns {Element|null} a part of a template
 */
function inTemplate(id, selector) {
  const template = document.getElementById(id);
  return template instanceof HTMLTemplateElement ? template.content.querySelector(selector) : null;
}

/** @param {string[]} sentences */
function speak(sentences) {
  announce(sentences.join(" "), document.querySelector("[data-marks-spoken]"));
}

/**
 * @param {Place} place  as it stands now
 * @param {{ urgency: string, marked: boolean }} shown  as it stood on the page until now
 * @param {string} name  what the conversation is called
 */
export function tellMarks(place, shown, name) {
  const words = inTemplate("spoken-marks", "[data-marked]");
  const sentences = [];
  if (place.marked && !shown.marked) {
    sentences.push(wordsOf(words, "marked", { name }));
  }
  if (shown.urgency && place.urgency < shown.urgency) {
    const level = inTemplate("badge-" + place.urgency, ".badge__word");
    sentences.push(wordsOf(words, "raised", { name, level: (level && level.textContent) || place.urgency }));
  }
  if (sentences.length) {
    speak(sentences);
  }
}

/** @param {string} name  what the conversation is called */
export function tellReminder(name) {
  speak([wordsOf(inTemplate("spoken-marks", "[data-marked]"), "reminder", { name })]);
}
