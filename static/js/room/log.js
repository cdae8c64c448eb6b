/**
 * The list of what was said: draws rows from the page's templates, keeps what is pending at the end, and follows new
 * words only for a reader who is at the end already.
 *
 * @typedef {import("../protocol.js").Said} Said
 * @typedef {import("../conversation.js").Unsent} Unsent
 */

import { clock, clone, fill, worded } from "../templates.js";
import { part, words } from "./page.js";

const NEAR = 60; // pixels that still count as the end

export class Log {
  constructor() {
    this.list = /** @type {HTMLElement} */ (part("log").querySelector("ol"));
    /** @type {Map<string, HTMLElement>} rows on their way, by id */
    this.pending = new Map();
    this.unread = 0;
    part("news").addEventListener("click", () => this.toEnd());
    addEventListener("scroll", () => this.atEnd() && this.noNews(), { passive: true });
    this.list.querySelectorAll("time").forEach((time) => {
      time.textContent = clock(time.dateTime);
    });
  }

  /** @returns {number} the number of the first message shown, 0 when there is none */
  first() {
    const row = this.list.querySelector("li");
    return row ? Number(row.dataset.seq) : 0;
  }

  clear() {
    this.list.querySelectorAll("li[data-seq]").forEach((row) => row.remove());
  }

  /** @returns {number} pixels of the conversation that the box hides */
  below() {
    return part("asked").getBoundingClientRect().bottom - part("write").getBoundingClientRect().top;
  }

  atEnd() {
    return this.below() <= NEAR;
  }

  toEnd() {
    if (this.list.firstElementChild && this.below() > 0) {
      scrollBy(0, this.below() + 8);
    }
    this.noNews();
  }

  noNews() {
    this.unread = 0;
    part("news").hidden = true;
  }

  /** @param {Said} said */
  hear(said) {
    const stay = this.atEnd();
    const mine = this.pending.get(said.id);
    this.pending.delete(said.id);
    const row = mine || clone("said-" + (said.by === "line" || said.by === "caller" ? said.by : "other"));
    row.className = row.className.replace(/ is-\w+/g, "");
    row.querySelectorAll("button").forEach((button) => button.remove());
    row.dataset.seq = String(said.seq);
    row.dataset.id = said.id;
    fill(row, { text: said.text, name: said.name || "", time: clock(said.at), status: words("sent") });
    const time = row.querySelector("time");
    if (time) {
      time.dateTime = said.at;
    }
    this.list.insertBefore(row, Array.from(this.pending.values())[0] || null);
    if (!mine) {
      row.classList.add("is-new");
      this.follow(stay);
    }
  }

  /** @param {boolean} stay whether the reader was at the end before */
  follow(stay) {
    if (stay) {
      this.toEnd();
      return;
    }
    this.unread += 1;
    const news = part("news");
    news.textContent = this.unread === 1 ? words("newsOne") : worded(words("newsMany"), { n: this.unread });
    news.hidden = false;
  }

  /** @param {Unsent} unsent */
  add(unsent) {
    const row = clone("said-caller", { text: unsent.text, status: words("sending") });
    row.classList.add("is-pending");
    this.pending.set(unsent.id, row);
    this.list.append(row);
    this.toEnd();
  }

  /**
   * @param {string} id of a row without a receipt for long
   * @param {() => void} again
   */
  late(id, again) {
    const row = this.pending.get(id);
    if (row && !row.classList.contains("is-late")) {
      row.classList.add("is-late");
      fill(row, { status: words("late") });
      this.offer(row, "again", again);
      this.toEnd();
    }
  }

  /**
   * @param {string} id of a row that the line did not take
   * @param {() => void} back
   */
  refused(id, back) {
    const row = this.pending.get(id);
    if (row) {
      row.classList.remove("is-pending", "is-late");
      row.classList.add("is-refused");
      row.querySelectorAll("button").forEach((button) => button.remove());
      fill(row, { status: "" });
      this.offer(row, "back-to-box", () => {
        this.pending.delete(id);
        row.remove();
        back();
      });
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {string} template
   * @param {() => void} act
   */
  offer(row, template, act) {
    const button = clone(template);
    button.addEventListener("click", act);
    /** @type {HTMLElement} */ (row.querySelector(".message__facts")).append(button);
  }
}
