/**
 * The state of a desk, as its page knows it: presence, offers, and a place for each contact. Pure: it knows no page
 * and no socket. Each frame heard gives back what is to be drawn, sounded or asked for.
 *
 * @typedef {import("../protocol.js").ServerFrame} ServerFrame
 * @typedef {import("../protocol.js").Said} Said
 * @typedef {import("../protocol.js").State} State
 * @typedef {import("../protocol.js").Offer} Offer
 *
 * @typedef {object} Place  one contact of mine
 * @property {string} contact
 * @property {Conversation} talk
 * @property {string} state  of the protocol; "waiting" once it is no longer mine, "passed" once another goes on with it
 * @property {string} name  of whoever leads it
 * @property {string} part  "companion" while I stay in what I passed on, "" where I lead
 * @property {string} handover  how it stands with passing it on
 * @property {string} companion  who stays beside me for a while
 * @property {string} urgency
 * @property {boolean} marked  something that the caller wrote gives reason to look
 * @property {boolean} practice  a scripted caller plays it: nobody real is there
 * @property {number} read  the highest seq I have read
 * @property {number} seen  the highest seq the caller has read
 * @property {number} typingUntil  milliseconds
 * @property {boolean} noted  the note is saved
 * @property {boolean} closing  it ends without a note: it leaves the list as soon as it is over
 * @property {number} order  in which it came to the desk
 *
 * @typedef {{offer: string, contact: string, urgency: string, waitedSince: number, until: number, length: number, from: string, practice: boolean, answer: string}} Offered
 *   times in milliseconds of this page's clock; `length` in seconds; `answer`: "accept" or "decline" once somebody did,
 *   said again whenever the line still makes the offer
 *
 * @typedef {{kind: "look", contact: string, after: number}
 *   | {kind: "place", place: Place, before: string}
 *   | {kind: "said", place: Place, said: Said, known: boolean}
 *   | {kind: "typing"|"seen"|"idle", place: Place}
 *   | {kind: "presence", state: string, reason: string}
 *   | {kind: "offer", offer: Offered}
 *   | {kind: "offer_gone", offer: Offered|null, reason: string}
 *   | {kind: "refused", place: Place|null, code: string, to: string, id: string, later: boolean}} Effect
 */

import { Conversation } from "../conversation.js";
import { TRY_LATER } from "../protocol.js";

export const LIVE = ["talking", "asleep"];
export const OVER = ["ended", "left"];
const TYPING_LASTS = 6000; // milliseconds of silence after which nobody is writing

export class Desk {
  constructor() {
    /** @type {Map<string, Place>} */
    this.places = new Map();
    /** @type {Map<string, Offered>} */
    this.offers = new Map();
    this.presence = { state: "", reason: "" };
    this.shiftEnds = 0; // milliseconds; 0 while it ends not soon
    this.came = 0;
  }

  /**
   * Take one frame of the line.
   *
   * @param {ServerFrame} frame
   * @param {number} now  milliseconds
   * @returns {Effect[]}
   */
  hear(frame, now) {
    switch (frame.op) {
      case "state":
        return this.stands(frame);
      case "said":
        return this.said(frame);
      case "more":
        return this.ask(frame.contact, frame.after);
      case "idle":
        return this.idle(frame);
      case "typing":
      case "seen":
        return this.signal(frame, now);
      case "presence":
        this.presence = { state: frame.state, reason: frame.reason || "" };
        this.shiftEnds = Date.parse(frame.shift_ends || "") || 0;
        return [{ kind: "presence", state: frame.state, reason: frame.reason || "" }];
      case "offer":
        return this.offered(frame, now);
      case "offer_gone":
        return this.offerGone(frame.offer, frame.reason);
      case "refused":
        return this.refused(frame);
      default:
        return [];
    }
  }

  /**
   * @param {string|undefined} contact
   * @returns {Place|null}
   */
  place(contact) {
    return (contact && this.places.get(contact)) || null;
  }

  /**
   * Take up a contact that this page did not know; also one that ended earlier and still lacks its note.
   *
   * @param {string} contact
   * @param {string} state
   * @param {string} [urgency]
   * @returns {Place}
   */
  open(contact, state, urgency) {
    this.came += 1;
    const place = {
      contact,
      talk: new Conversation(),
      state,
      name: "",
      part: "",
      handover: "",
      companion: "",
      urgency: urgency || "",
      marked: false,
      practice: false,
      read: 0,
      seen: 0,
      typingUntil: 0,
      noted: false,
      closing: false,
      order: this.came,
    };
    this.places.set(contact, place);
    return place;
  }

  /**
   * @param {State} frame
   * @returns {Effect[]}
   */
  stands(frame) {
    const known = this.place(frame.contact);
    const gone = frame.part === "gone";
    if (!known && (!frame.contact || gone || !LIVE.concat(OVER).includes(frame.state))) {
      return [];
    }
    const place = known || this.open(/** @type {string} */ (frame.contact), frame.state, frame.urgency);
    const before = known ? place.state : "";
    place.state = gone && frame.state !== "withdrawn" ? "passed" : frame.state;
    place.name = frame.name || "";
    place.part = gone ? "" : frame.part || "";
    place.handover = frame.handover || "";
    place.companion = frame.companion || "";
    place.urgency = frame.urgency || place.urgency;
    place.marked = frame.marked || place.marked;
    place.practice = frame.practice || place.practice;
    if (!LIVE.includes(place.state)) {
      place.typingUntil = 0;
    }
    /** @type {Effect[]} */
    const effects = [{ kind: "place", place, before }];
    const behind = typeof frame.last === "number" && frame.last > place.talk.last;
    return behind && !gone && frame.state !== "withdrawn" ? effects.concat(this.ask(place.contact, place.talk.last)) : effects;
  }

  /**
   * @param {Said} frame
   * @returns {Effect[]}
   */
  said(frame) {
    const place = this.place(frame.contact);
    if (!place) {
      return [];
    }
    const change = place.talk.hear(frame);
    if (change.look) {
      return this.ask(place.contact, place.talk.last);
    }
    if (!change.added) {
      return [];
    }
    if (frame.by === "caller") {
      place.typingUntil = 0;
    }
    if (frame.by === "volunteer" && !frame.other) {
      place.read = Math.max(place.read, frame.seq); // whoever answers has read
    }
    return [{ kind: "said", place, said: frame, known: change.added.known }];
  }

  /**
   * @param {string|undefined} contact
   * @param {number} after
   * @returns {Effect[]}
   */
  ask(contact, after) {
    return contact && this.places.has(contact) ? [{ kind: "look", contact, after }] : [];
  }

  /**
   * @param {import("../protocol.js").Idle} frame
   * @returns {Effect[]}
   */
  idle(frame) {
    const place = this.place(frame.contact);
    if (!place) {
      return [];
    }
    return frame.last > place.talk.last ? this.ask(place.contact, place.talk.last) : [{ kind: "idle", place }];
  }

  /**
   * @param {import("../protocol.js").SaysTyping|import("../protocol.js").HasSeen} frame
   * @param {number} now
   * @returns {Effect[]}
   */
  signal(frame, now) {
    const place = this.place(frame.contact);
    if (!place || frame.by !== "caller") {
      return [];
    }
    if (frame.op === "seen") {
      place.seen = Math.max(place.seen, frame.seq);
    } else {
      place.typingUntil = now + TYPING_LASTS;
    }
    return [{ kind: frame.op, place }];
  }

  /**
   * @param {Offer} frame
   * @param {number} now
   * @returns {Effect[]}
   */
  offered(frame, now) {
    const known = this.offers.get(frame.offer);
    const offer = {
      offer: frame.offer,
      contact: frame.contact,
      urgency: frame.urgency,
      waitedSince: now - frame.waited * 1000,
      until: now + frame.until * 1000,
      length: known ? known.length : Math.max(1, frame.until),
      from: frame.from || "",
      practice: frame.practice || false,
      answer: known ? known.answer : "",
    };
    this.offers.set(frame.offer, offer);
    return [{ kind: "offer", offer }];
  }

  /**
   * Somebody answers an offer.
   *
   * @param {string} id
   * @param {string} how  "accept" or "decline"
   * @returns {object} the frame that says so
   */
  answer(id, how) {
    const offer = this.offers.get(id);
    if (offer) {
      offer.answer = how;
    }
    return { op: how, offer: id };
  }

  /** @returns {boolean} whether an offer was answered here, and the line has not said what became of it */
  answered() {
    return Array.from(this.offers.values()).some((offer) => offer.answer !== "");
  }

  /**
   * @param {string} id
   * @param {string} reason
   * @returns {Effect[]}
   */
  offerGone(id, reason) {
    const offer = this.offers.get(id) || null;
    this.offers.delete(id);
    return [{ kind: "offer_gone", offer, reason }];
  }

  /**
   * The contact of an offer is mine: the offer goes without a word of its own (the protocol sends none).
   *
   * @param {string} contact
   */
  taken(contact) {
    for (const offer of Array.from(this.offers.values())) {
      if (offer.contact === contact) {
        this.offers.delete(offer.offer);
      }
    }
  }

  /**
   * Offers whose time ran out while the line could not be heard.
   *
   * @param {number} now
   * @returns {Effect[]}
   */
  lapse(now) {
    const late = Array.from(this.offers.values()).filter((offer) => now > offer.until + 2000);
    return late.reduce((effects, offer) => effects.concat(this.offerGone(offer.offer, "expired")), /** @type {Effect[]} */ ([]));
  }

  /**
   * @param {import("../protocol.js").Refused} frame
   * @returns {Effect[]}
   */
  refused(frame) {
    const place = this.place(frame.contact) || this.speaker(frame.id);
    const later = TRY_LATER.includes(frame.code);
    const to = frame.to || "";
    if (place && to === "look" && frame.code === "not_yours" && LIVE.concat(OVER).includes(place.state)) {
      const before = place.state;
      place.state = "waiting";
      return [{ kind: "place", place, before }];
    }
    if (place && frame.id && !later) {
      place.talk.refuse(frame.id, frame.code);
    }
    return [{ kind: "refused", place, code: frame.code, to, id: frame.id || "", later }];
  }

  /**
   * @param {string|undefined} id
   * @returns {Place|null} where this unsent message was said
   */
  speaker(id) {
    return (id && Array.from(this.places.values()).find((place) => place.talk.waiting.has(id))) || null;
  }

  /** @param {string} contact */
  forget(contact) {
    this.places.delete(contact);
  }

  // What a glance shows ------------------------------------------------------------------------------------------

  /** @returns {Place[]} those that live first, each group in the order in which it came */
  inOrder() {
    const rank = (/** @type {Place} */ place) => (LIVE.includes(place.state) ? 0 : 1);
    return Array.from(this.places.values()).sort((one, other) => rank(one) - rank(other) || one.order - other.order);
  }

  /** @returns {number} what is unread in all conversations, and the offers that wait */
  count() {
    const unread = Array.from(this.places.values()).reduce((sum, place) => sum + unreadOf(place), 0);
    return unread + this.offers.size;
  }

  /** @returns {Place|null} the conversation in which somebody has waited longest for an answer of mine */
  longest() {
    /** @type {Place|null} */
    let found = null;
    let since = Infinity;
    for (const place of this.places.values()) {
      const waits = waitsSince(place);
      if (waits !== null && waits < since) {
        found = place;
        since = waits;
      }
    }
    return found;
  }

  /**
   * Whom to go to from here with a key.
   *
   * @param {string} contact  the one that is open, or ""
   * @param {number} step  1 or −1
   * @returns {string}
   */
  beside(contact, step) {
    const all = this.inOrder().map((place) => place.contact);
    const at = all.indexOf(contact);
    if (!all.length) {
      return "";
    }
    return at < 0 ? all[0] : all[(at + step + all.length) % all.length];
  }
}

/**
 * @param {Place} place
 * @returns {number} messages of the caller that I have not read
 */
export function unreadOf(place) {
  return place.talk.items.filter((said) => said.by === "caller" && said.seq > place.read).length;
}

/**
 * Since when somebody waits for a word of mine, in milliseconds, or null when nobody does. Who has not been greeted
 * yet waits since the line said that somebody came.
 *
 * @param {Place} place
 * @returns {number|null}
 */
export function waitsSince(place) {
  if (place.state !== "talking" || place.part) {
    return null;
  }
  const items = place.talk.items;
  const answered = lastIndex(items, (said) => said.by === "volunteer");
  if (answered < 0) {
    const first = items[lastIndex(items, (said) => said.by === "line")] || items[0];
    return first ? Date.parse(first.at) : null;
  }
  const asked = items.slice(answered + 1).find((said) => said.by === "caller");
  return asked ? Date.parse(asked.at) : null;
}

/**
 * @param {Said[]} items
 * @param {(said: Said) => boolean} fits
 * @returns {number}
 */
function lastIndex(items, fits) {
  for (let at = items.length - 1; at >= 0; at -= 1) {
    if (fits(items[at])) {
      return at;
    }
  }
  return -1;
}

/**
 * What the server keeps while somebody writes: what is not known to have arrived, then what stands in the box.
 *
 * @param {Place} place
 * @param {string} box
 * @returns {string}
 */
export function draftOf(place, box) {
  const unsent = Array.from(place.talk.waiting.values()).map((one) => one.text);
  return unsent.concat(box.trim() ? [box] : []).join("\n\n");
}

/**
 * What of a kept draft goes back into the box: nothing that was said after all (a tab died in between).
 *
 * @param {Place} place
 * @param {string} draft
 * @returns {string}
 */
export function restored(place, draft) {
  let rest = draft;
  for (const said of place.talk.items.filter((one) => one.by === "volunteer" && !one.other).slice(-5)) {
    if (rest.trim() === said.text) {
      return "";
    }
    if (rest.startsWith(said.text + "\n\n")) {
      rest = rest.slice(said.text.length + 2);
    }
  }
  return rest;
}
