/** Tells what became of passing each conversation on, as it changes. */

import { worded } from "../templates.js";
import { wordsIn } from "./words.js";

/**
 * @typedef {import("./desk_state.js").Place} Place
 * @typedef {{ notice: (text: string) => void, follow: (place: Place) => void }} Hooks
 *   follow: let its note go along, by the hand of whoever led it
 */

const CAME_TO_NOTHING = ["declined", "expired", "nobody"];

export class PassingTold {
  /** @param {Hooks} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    /** @type {Map<string, {part: string, handover: string}>} how it stood with each conversation */
    this.stood = new Map();
  }

  /**
   * Take where a conversation stands now; one that this page meets for the first time tells nothing.
   *
   * @param {Place} place
   */
  stands(place) {
    const { part, handover, state } = place;
    const was = this.stood.get(place.contact);
    this.stood.set(place.contact, { part, handover });
    if (!was) {
      return;
    }
    if (part === "companion" && was.part !== "companion") {
      this.hooks.notice(worded(wordsIn("handover-taken"), { name: place.name }));
      this.hooks.follow(place);
    } else if (state === "passed" && was.part === "companion") {
      this.hooks.notice(wordsIn("handover-parted"));
    } else if (handover !== was.handover && CAME_TO_NOTHING.includes(handover)) {
      this.hooks.notice(wordsIn("handover-" + handover));
    }
  }

  /** @param {string} contact */
  forget(contact) {
    this.stood.delete(contact);
  }
}
