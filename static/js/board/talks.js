/** Who would like to talk with supervision, and how many practices wait, on the board: each fetched by its address, every half minute while it is seen. */

import { fragment } from "../desk/requests.js";

const EVERY = 30000;

/** @param {HTMLElement} place */
export function showTalks(place) {
  async function look() {
    if (document.visibilityState === "visible") {
      const answer = await fragment(place.dataset.fragmentUrl || "");
      const before = place.textContent || "";
      const told = answer.nodes.map((node) => node.textContent || "").join("");
      if (answer.reached === "ok" && told.trim() !== before.trim()) {
        place.replaceChildren(...answer.nodes); // only where it differs, so that nothing is read aloud again for nothing
      }
      place.hidden = !place.childElementCount;
    }
    setTimeout(look, EVERY);
  }
  look();
}
