/**
 * What became of passing conversations on, as far as it was not told yet; touches no page.
 *
 * @typedef {import("./desk_state.js").Place} Place
 */

const UNHEARD = ["declined", "expired", "nobody"];

export class Passing {
  constructor() {
    /** @type {Map<string, {part: string, handover: string}>} contact → how it stood until now */
    this.before = new Map();
  }

  /** @param {string} contact */
  forget(contact) {
    this.before.delete(contact);
  }

  /**
   * @param {Place} place  as it stands now
   * @returns {{now: string, follows: boolean}} the words to show (their template), and whether the case goes along now,
   *   by the hand of whoever led it
   */
  became(place) {
    const was = this.before.get(place.contact) || { part: "", handover: "" };
    this.before.set(place.contact, { part: place.part, handover: place.handover });
    if (place.part === "companion" && was.part !== "companion") {
      return { now: "handover-taken", follows: true };
    }
    if (place.state === "passed" && was.part === "companion") {
      return { now: "handover-parted", follows: false };
    }
    const unheard = place.handover !== was.handover && UNHEARD.includes(place.handover);
    return { now: unheard ? "handover-" + place.handover : "", follows: false };
  }
}
