/** The list of my conversations: who waits for me and since when, what is new, what still lacks a note. */

import { clock, clone, fill, worded } from "../templates.js";
import { LIVE, OVER, unreadOf, waitsSince } from "./desk_state.js";
import { spanOf } from "./spans.js";
import { part, say, wordsOf } from "./words.js";

/** @typedef {import("./desk_state.js").Place} Place */

export class ListView {
  /**
   * @param {HTMLElement} list
   * @param {import("./spans.js").SpanWords} spans
   * @param {(contact: string) => void} open
   */
  constructor(list, spans, open) {
    this.list = list;
    this.spans = spans;
    this.open = open;
    /** @type {Map<string, HTMLElement>} */
    this.shown = new Map();
  }

  /**
   * @param {Place[]} places  in the order in which they are shown
   * @param {{ active: string, longest: string, now: number }} at
   */
  draw(places, at) {
    for (const contact of Array.from(this.shown.keys())) {
      if (!places.some((place) => place.contact === contact)) {
        /** @type {HTMLElement} */ (this.shown.get(contact)).remove();
        this.shown.delete(contact);
      }
    }
    places.forEach((place, index) => {
      const item = this.shown.get(place.contact) || this.add(place);
      if (this.list.children[index] !== item) {
        this.list.insertBefore(item, this.list.children[index] || null);
      }
      this.update(item, place, at);
    });
  }

  /**
   * @param {Place} place
   * @returns {HTMLElement}
   */
  add(place) {
    const item = clone("place");
    part(item, "button").addEventListener("click", () => this.open(place.contact));
    this.shown.set(place.contact, item);
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {Place} place
   * @param {{ active: string, longest: string, now: number }} at
   */
  update(item, place, at) {
    const button = part(item, "button");
    const waits = waitsSince(place);
    button.toggleAttribute("aria-current", false);
    if (place.contact === at.active) {
      button.setAttribute("aria-current", "true");
    }
    item.classList.toggle("is-waiting-for-me", waits !== null);
    item.classList.toggle("is-longest", place.contact === at.longest);
    item.classList.toggle("is-over", !["talking", "asleep"].includes(place.state));
    drawBadge(item, place.urgency);
    part(item, "[data-practice-mark]").hidden = !place.practice;
    const unread = unreadOf(place);
    const count = part(item, "[data-count]");
    count.hidden = unread === 0;
    if (unread && count.dataset.shown !== String(unread)) {
      count.dataset.shown = String(unread);
      fill(count, { unread: String(unread), "unread-words": worded(count.dataset.words || "", { n: unread }) });
    }
    const words = place.talk.items.filter((said) => said.by !== "line");
    const last = words[words.length - 1];
    say(part(item, '[data-slot="last"]'), last && place.state !== "withdrawn" ? last.text.slice(0, 120) : "");
    say(part(item, '[data-slot="name"]'), nameOf(item, place));
    part(item, '[data-slot="marked"]').hidden = !place.marked || !LIVE.includes(place.state);
    say(part(item, '[data-slot="state"]'), this.state(item, place, waits, at.now));
  }

  /**
   * @param {HTMLElement} item
   * @param {Place} place
   * @param {number|null} waits
   * @param {number} now
   * @returns {string}
   */
  state(item, place, waits, now) {
    const words = part(item, '[data-slot="state"]');
    if (OVER.includes(place.state) && place.noted) {
      return wordsOf(words, "noted");
    }
    if (place.part || place.state === "passed") {
      return wordsOf(words, place.part || place.state, { name: place.name });
    }
    if (place.state !== "talking") {
      return wordsOf(words, place.state);
    }
    if (place.typingUntil > now) {
      return wordsOf(words, "typing");
    }
    if (waits === null) {
      return wordsOf(words, "talking");
    }
    const greeted = place.talk.items.some((said) => said.by === "volunteer");
    return wordsOf(words, greeted ? "waits" : "greeting", { span: spanOf((now - waits) / 1000, this.spans) });
  }

  /**
   * @param {string} contact
   * @returns {string} what a conversation is called: nobody has a name here
   */
  name(contact) {
    const item = this.shown.get(contact);
    return item ? part(item, '[data-slot="name"]').textContent || "" : "";
  }
}

/**
 * @param {HTMLElement} item
 * @param {Place} place
 * @returns {string}
 */
function nameOf(item, place) {
  const name = part(item, '[data-slot="name"]');
  const first = place.talk.items[0];
  return first ? wordsOf(name, "words", { time: clock(first.at) }) : wordsOf(name, "new");
}

/**
 * Show the level in a slot; the same again changes nothing.
 *
 * @param {HTMLElement} root
 * @param {string} urgency
 */
export function drawBadge(root, urgency) {
  const slot = part(root, '[data-slot="badge"]');
  if (urgency && slot.dataset.shown !== urgency) {
    slot.dataset.shown = urgency;
    slot.replaceChildren(clone("badge-" + urgency));
  }
}
