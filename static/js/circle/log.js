/**
 * What was said in a circle, as the page's list: entries in their order, what is on its way at the end, and what did
 * not open before in its place once it does.
 *
 * @typedef {import("../circle_protocol.js").CircleSaid} CircleSaid
 */

import { clone, fill } from "../templates.js";
import { wordsOf } from "../desk/words.js";

export class CircleLog {
  /**
   * @param {HTMLElement} list
   * @param {Element|null} words the template with the words of this page
   */
  constructor(list, words) {
    this.list = list;
    this.words = words;
    /** @type {Map<string, {row: HTMLElement, text: string}>} on its way or refused, by id */
    this.pending = new Map();
    /** @type {Set<string>} ids that were refused for good */
    this.refused = new Set();
  }

  /** @returns {{id: string, text: string}[]} what has no receipt yet and was not refused, oldest first */
  unsent() {
    return Array.from(this.pending, ([id, one]) => ({ id, text: one.text })).filter((one) => !this.refused.has(one.id));
  }

  /** @returns {string[]} the words that no entry has, refused ones too, oldest first: the list is emptied */
  giveBack() {
    const texts = Array.from(this.pending.values(), (one) => one.text);
    this.pending.clear();
    this.refused.clear();
    this.list.replaceChildren();
    return texts;
  }

  /**
   * @param {string} id
   * @param {string} text
   */
  add(id, text) {
    const row = clone("said-mine", { text, status: wordsOf(this.words, "sending") });
    row.classList.add("is-pending");
    this.pending.set(id, { row, text });
    this.list.append(row);
    row.scrollIntoView({ block: "nearest" });
  }

  /**
   * Show an entry; one that is here already is drawn anew.
   *
   * @param {CircleSaid} said
   */
  hear(said) {
    const mine = this.pending.get(said.id);
    if (mine) {
      mine.row.remove();
      this.pending.delete(said.id);
    }
    const row = clone(said.shut ? "said-shut" : said.mine ? "said-mine" : "said-other");
    row.dataset.seq = String(said.seq);
    row.dataset.id = said.id;
    fill(row, { text: said.text || "", name: said.name || wordsOf(this.words, "unnamed") });
    const known = this.list.querySelector('li[data-seq="' + said.seq + '"]');
    if (known) {
      known.replaceWith(row);
    } else {
      this.put(row, said.seq);
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {number} seq
   */
  put(row, seq) {
    const rows = /** @type {HTMLElement[]} */ (Array.from(this.list.children));
    const next = rows.find((one) => !one.dataset.seq || Number(one.dataset.seq) > seq) || null;
    const atEnd = this.list.getBoundingClientRect().bottom <= innerHeight + 60;
    this.list.insertBefore(row, next);
    if (atEnd) {
      row.scrollIntoView({ block: "nearest" });
    }
  }

  /**
   * @param {string} id
   * @param {(text: string) => void} back puts the words back into the box
   * @returns {boolean} whether it was on its way
   */
  refuse(id, back) {
    const one = this.pending.get(id);
    if (!one) {
      return false;
    }
    this.refused.add(id);
    one.row.classList.remove("is-pending");
    one.row.classList.add("is-refused");
    fill(one.row, { status: "" });
    const button = clone("back-to-box");
    button.addEventListener("click", () => {
      this.pending.delete(id);
      this.refused.delete(id);
      one.row.remove();
      back(one.text);
    });
    const facts = one.row.querySelector(".message__facts");
    if (facts) {
      facts.append(button);
    }
    return true;
  }
}
