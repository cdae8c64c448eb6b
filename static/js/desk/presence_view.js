/**
 * Ready or not, and what must be heard for it: the sound check before «ready», the opt-in for notices outside the tab,
 * and the warning that a page just loaded may not sound yet.
 *
 * @typedef {{ ready: () => void, away: () => void, offerSound: () => Promise<boolean> }} Hooks
 */

import { post } from "./requests.js";
import { part, say, wordsIn, wordsOf } from "./words.js";

export class PresenceView {
  /**
   * @param {HTMLElement} root
   * @param {Hooks} hooks
   */
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks;
    this.checked = false; // somebody heard the tone, or chose to go on without, since this page was loaded
    this.muted = false;
    this.thenReady = false;
    this.focusNext = false;
    this.present = Boolean(root.querySelector("[data-be-ready]"));
    /** @type {Notification|null} */
    this.notice = null;
    if (this.present) {
      this.listen();
    }
  }

  listen() {
    const on = (/** @type {string} */ selector, /** @type {() => void} */ act) =>
      part(this.root, selector).addEventListener("click", act);
    on("[data-be-ready]", () => this.wantReady());
    on("[data-be-away]", () => this.hooks.away());
    on("[data-try-sound]", () => this.check(false));
    on("[data-sound-yes]", () => this.confirmed(false));
    on("[data-sound-again]", () => this.play());
    on("[data-sound-no]", () => this.unheard());
    on("[data-sound-without]", () => this.confirmed(true));
    on("[data-sound-wake]", () => this.wake());
    on("[data-notify]", () => this.askToNotify());
    for (const button of this.handsButtons()) {
      button.addEventListener("click", () => this.askHands(button));
    }
    const touched = () => {
      part(this.root, "[data-sound-asleep]").hidden = true;
    };
    addEventListener("click", touched, { once: true, capture: true }); // at its end: what it aims at must not move away
    addEventListener("keydown", touched, { once: true });
    this.showNotify();
  }

  /** @returns {HTMLButtonElement[]} those by which a volunteer rests, comes back, or asks for one more person */
  handsButtons() {
    return Array.from(this.root.querySelectorAll("button")).filter((button) => button.dataset.hands);
  }

  /** @param {HTMLButtonElement} button */
  async askHands(button) {
    button.disabled = true;
    await post(button.dataset.url || "", [["act", button.dataset.hands || ""]]);
    button.disabled = false; // what became of it comes as presence
  }

  /**
   * @param {string} state
   * @param {string} reason
   */
  draw(state, reason) {
    if (!this.present) {
      return;
    }
    this.root.dataset.state = state;
    const name = part(this.root, "[data-presence-state]");
    say(name, wordsOf(name, state));
    const why = part(this.root, "[data-presence-reason]");
    say(why, wordsOf(why, reason) || wordsOf(why, state));
    for (const button of this.handsButtons()) {
      button.hidden = state !== "ready" || button.dataset.at !== reason;
    }
    part(this.root, "[data-be-ready]").hidden = state !== "away";
    part(this.root, "[data-be-away]").hidden = state !== "ready";
    if (this.focusNext && state === "ready") {
      this.focusNext = false;
      part(this.root, "[data-be-away]").focus();
    }
    const active = !navigator.userActivation || navigator.userActivation.hasBeenActive;
    part(this.root, "[data-sound-asleep]").hidden = state !== "ready" || active || this.muted;
  }

  wantReady() {
    if (this.checked) {
      this.hooks.ready();
    } else {
      this.check(true);
    }
  }

  /** @param {boolean} thenReady */
  check(thenReady) {
    this.thenReady = thenReady;
    part(this.root, "[data-sound-check]").hidden = false;
    part(this.root, "[data-sound-without]").hidden = true;
    this.play();
    part(this.root, "#sound-title").focus();
  }

  async play() {
    const heard = await this.hooks.offerSound();
    const words = part(this.root, "[data-sound-words]");
    say(words, wordsOf(words, heard ? "heard" : "blocked"));
  }

  unheard() {
    const words = part(this.root, "[data-sound-words]");
    say(words, wordsOf(words, "help"));
    part(this.root, "[data-sound-without]").hidden = false;
    this.hooks.offerSound();
  }

  /** @param {boolean} muted */
  confirmed(muted) {
    this.checked = true;
    this.muted = muted;
    part(this.root, "[data-sound-check]").hidden = true;
    if (this.thenReady) {
      this.focusNext = true; // once the line has taken it
      this.hooks.ready();
    } else {
      part(this.root, "[data-try-sound]").focus();
    }
  }

  async wake() {
    await this.hooks.offerSound();
    part(this.root, "[data-sound-asleep]").hidden = true;
  }

  // Notices outside the tab, without content

  showNotify() {
    const known = typeof Notification !== "undefined";
    part(this.root, "[data-notify]").hidden = !known || Notification.permission !== "default";
    part(this.root, "[data-notify-denied]").hidden = true;
  }

  async askToNotify() {
    const answer = await Notification.requestPermission();
    this.showNotify();
    part(this.root, "[data-notify-denied]").hidden = answer !== "denied";
  }

  /** Say outside the tab that somebody waits, and nothing else; a click leads to the desk. */
  notify() {
    const allowed = typeof Notification !== "undefined" && Notification.permission === "granted";
    if (!allowed || (document.visibilityState === "visible" && document.hasFocus())) {
      return;
    }
    const notice = new Notification(wordsIn("notify-words"), { tag: "offer", silent: true });
    notice.onclick = () => {
      window.focus();
      notice.close();
    };
    this.notice = notice;
  }

  unnotify() {
    if (this.notice) {
      this.notice.close();
      this.notice = null;
    }
  }
}
