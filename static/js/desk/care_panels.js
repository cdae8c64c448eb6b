/**
 * What cares for whoever listens, on their desk: one question as a shift begins or ends, and, once a hard conversation
 * is over, what may do them good. Both are fetched by their address, from rooms that know of no conversation.
 */

import { FragmentPanel } from "./fragment_panel.js";
import { facts } from "./requests.js";
import { part } from "./words.js";

const EVERY = 300000; // milliseconds after which it is asked again whether a shift begins or ends
const THANKED = 6000; // milliseconds for which thanks stand

export class CarePanels {
  /** @param {HTMLElement} root  the desk */
  constructor(root) {
    this.place = part(root, "[data-check-in]");
    this.after = part(root, "[data-after]");
    this.checkIn = new FragmentPanel(this.place, this.place.dataset.url || "", {
      changed: () => setTimeout(() => this.ask(), THANKED),
    });
    /** @type {Set<string>} conversations of which a note says that somebody died */
    this.died = new Set();
    const inside = part(this.after, "[data-after-place]");
    this.good = new FragmentPanel(inside, this.after.dataset.url || "");
    part(this.after, "[data-after-close]").addEventListener("click", () => this.close());
    this.ask();
    setInterval(() => document.visibilityState === "visible" && this.ask(), EVERY);
  }

  /** Ask again whether there is a question now, unless somebody is about to answer one. */
  ask() {
    const inside = this.place.contains(document.activeElement);
    if (inside && this.place.querySelector("form")) {
      return;
    }
    if (inside) {
      part(document, "#main").focus(); // the thanks that are read go, and nobody is left where nothing is
    }
    this.checkIn.open();
  }

  /**
   * A conversation is over: was it a hard one? Only this desk learns it.
   *
   * @param {string} contact
   */
  async over(contact) {
    if (this.died.has(contact)) {
      this.offer(this.after.dataset.deathUrl);
      return;
    }
    const answer = await facts(this.after.dataset.hardUrl + "?contact=" + contact);
    if (answer.facts.hard) {
      this.offer(this.after.dataset.url);
    }
  }

  /**
   * A note was saved; where it says that somebody died, what may do good is offered once the conversation is over.
   *
   * @param {string} contact
   * @param {boolean} over
   * @param {Record<string, any>} kept
   */
  noted(contact, over, kept) {
    if (kept.hard && !this.died.has(contact)) {
      this.died.add(contact);
      if (over) {
        this.offer(this.after.dataset.deathUrl);
      }
    }
  }

  /** @param {string} [url] */
  offer(url) {
    this.after.hidden = false;
    this.good.open(url);
  }

  close() {
    this.after.hidden = true;
    this.good.empty();
  }
}
