/**
 * What the desk shows of other rooms: a gathering soon, a colleague who asks, a practice that was answered. It is fetched
 * by its address, rests while nobody looks, and is drawn anew only where it changed.
 */

import { fragment } from "./requests.js";

const EVERY = 60000; // milliseconds

/**
 * @param {HTMLElement} place
 * @param {string} url
 * @param {number} [every] milliseconds
 */
export function remind(place, url, every) {
  async function look() {
    if (!url || document.visibilityState !== "visible" || place.contains(document.activeElement)) {
      return;
    }
    const answer = await fragment(url);
    if (answer.reached === "gone" || answer.reached === "shut") {
      place.replaceChildren();
    } else if (answer.reached === "ok") {
      const told = document.createElement("div");
      told.append(...answer.nodes);
      if ((told.textContent || "").trim() !== (place.textContent || "").trim()) {
        place.replaceChildren(...told.childNodes);
      }
    }
  }
  look();
  setInterval(look, every || EVERY);
  document.addEventListener("visibilitychange", look);
}
