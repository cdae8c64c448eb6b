/** The offers on top of the desk: drawn, counted down, answered, and told apart from everything else by sound. */

import { announce } from "../announcer.js";
import { clone, worded } from "../templates.js";
import { spanOf } from "./spans.js";
import { part, say, wordsOf } from "./words.js";

/**
 * @typedef {import("./desk_state.js").Offered} Offered
 * @typedef {{ accept: (offer: Offered) => void, decline: (offer: Offered) => void }} Hooks
 */

export class OffersView {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} alert  an assertive region
   * @param {import("./spans.js").SpanWords} spans
   * @param {Hooks} hooks
   */
  constructor(place, alert, spans, hooks) {
    this.place = place;
    this.alert = alert;
    this.spans = spans;
    this.hooks = hooks;
    /** @type {Map<string, HTMLElement>} */
    this.shown = new Map();
  }

  /**
   * Draw these offers as they stand now; new ones are said aloud once.
   *
   * @param {Offered[]} offers
   * @param {number} now
   */
  draw(offers, now) {
    for (const id of Array.from(this.shown.keys())) {
      if (!offers.some((offer) => offer.offer === id)) {
        this.remove(id);
      }
    }
    for (const offer of offers) {
      const card = this.shown.get(offer.offer) || this.add(offer, now);
      const left = Math.max(0, Math.ceil((offer.until - now) / 1000));
      const facts = this.facts(offer, now, left);
      say(part(card, "[data-waited]"), wordsOf(part(card, "[data-waited]"), "words", facts));
      say(part(card, "[data-left]"), wordsOf(part(card, "[data-left]"), "words", facts));
      const bar = /** @type {HTMLProgressElement} */ (part(card, "progress"));
      bar.max = offer.length;
      bar.value = left;
    }
  }

  /**
   * @param {Offered} offer
   * @param {number} now
   * @param {number} left
   */
  facts(offer, now, left) {
    return { span: spanOf((now - offer.waitedSince) / 1000, this.spans), n: left, giver: offer.from };
  }

  /**
   * @param {Offered} offer
   * @param {number} now
   * @returns {HTMLElement}
   */
  add(offer, now) {
    const card = clone(offer.from ? "offer-handover" : "offer", { giver: offer.from });
    const badge = clone("badge-" + offer.urgency);
    part(card, '[data-slot="badge"]').append(badge);
    if (offer.practice) {
      card.classList.add("is-practice");
      part(card, "[data-practice-mark]").hidden = false;
      say(part(card, "[data-title]"), wordsOf(part(card, "[data-title]"), "practice"));
    }
    const accept = /** @type {HTMLButtonElement} */ (part(card, "[data-accept]"));
    const decline = /** @type {HTMLButtonElement} */ (part(card, "[data-decline]"));
    const answer = (/** @type {(offer: Offered) => void} */ how) => () => {
      accept.disabled = decline.disabled = true;
      say(accept, wordsOf(accept, "busy"));
      how(offer);
    };
    accept.addEventListener("click", answer(this.hooks.accept));
    decline.addEventListener("click", answer(this.hooks.decline));
    this.place.append(card);
    this.shown.set(offer.offer, card);
    const left = Math.ceil((offer.until - now) / 1000);
    const spoken = part(card, "[data-spoken]").dataset;
    const sentence = (offer.practice ? spoken.practice : spoken.words) || "";
    const level = (badge.textContent || "").trim();
    announce(worded(sentence, Object.assign({ level }, this.facts(offer, now, left))), this.alert);
    return card;
  }

  /** @param {string} id */
  remove(id) {
    const card = this.shown.get(id);
    if (card) {
      const focused = card.contains(document.activeElement);
      card.remove();
      this.shown.delete(id);
      if (focused) {
        part(document, "#main").focus();
      }
    }
  }
}
