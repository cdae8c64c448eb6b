/**
 * The strip of alarms on the board: asks each second, in a hidden tab too, sounds while one calls that nobody has seen,
 * says each new one aloud once, and is silent at once when somebody has seen it or nobody waits any more.
 *
 * @typedef {{ changed: () => void }} Hooks
 */

import { announce } from "../announcer.js";
import { createAlarm } from "../desk/alarm.js";
import { fragment, post } from "../desk/requests.js";
import { everySecond } from "../desk/seconds.js";
import { part, say, wordsOf } from "../desk/words.js";
import { hush, tone } from "../sound.js";

const PITCH = 880; // hertz; the second tone is a fifth below
const SECOND_TONE = 250; // milliseconds after the first
const HALFWAY = 500; // milliseconds after which a strip that sounds is asked for once more within its second
const PATIENCE = 5000; // milliseconds after which an answer that does not come counts as none

export class AlarmStrip {
  /**
   * @param {HTMLElement} root
   * @param {Hooks} hooks
   */
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks;
    this.place = part(root, "[data-alarms]");
    this.busy = false;
    this.told = ""; // what was said aloud last
    /** @type {Set<string>} alarms that were seen here, whatever the line has heard of it */
    this.seen = new Set();
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.second = undefined;
    this.alarm = createAlarm({ play: () => this.play(), hush: () => this.hush() });
    this.offerSound();
    this.listen();
    this.draw();
    everySecond(root.dataset.ticker || "", () => this.tick());
  }

  /** @returns {number} how many alarms call somebody now */
  get ringing() {
    return Number(this.facts().ringing || 0);
  }

  facts() {
    return part(this.place, "[data-strip]").dataset;
  }

  tick() {
    this.look();
    if (this.alarm.ringing) {
      setTimeout(() => this.look(), HALFWAY);
    }
  }

  async look() {
    if (this.busy) {
      return;
    }
    this.busy = true;
    /** @type {Promise<{reached: string, nodes: Node[]}>} */
    const late = new Promise((resolve) => setTimeout(() => resolve({ reached: "failed", nodes: [] }), PATIENCE));
    const answer = await Promise.race([fragment(this.root.dataset.fragmentUrl || ""), late]);
    this.busy = false;
    if (answer.reached === "ok") {
      this.take(answer.nodes);
    } else if (answer.reached === "shut" || answer.reached === "gone") {
      this.alarm.set(false); // the board says that the session ended
    }
  }

  /** @param {Node[]} nodes */
  take(nodes) {
    const fresh = nodes.find((node) => node instanceof HTMLElement);
    const known = this.facts();
    if (!(fresh instanceof HTMLElement) || fresh.dataset.key === known.key) {
      return; // a button must not go away under a finger for nothing
    }
    const focused = this.place.contains(document.activeElement);
    this.place.replaceChildren(...nodes);
    if (focused) {
      part(this.root, "#alarms-title").focus({ preventScroll: true });
    }
    this.listen();
    this.draw();
  }

  draw() {
    const facts = this.facts();
    const words = (facts.spoken || "").replace(/\s+/g, " ").trim();
    if (words && words !== this.told) {
      announce(words, part(this.root, "[data-alarm-spoken]"));
    }
    this.told = words;
    const buttons = Array.from(this.place.querySelectorAll(".is-calling [data-see] button"));
    const unseen = buttons.filter((button) => button instanceof HTMLButtonElement && !this.seen.has(button.value));
    this.alarm.set(this.ringing > buttons.length || unseen.length > 0);
    this.hooks.changed();
  }

  listen() {
    for (const form of this.place.querySelectorAll("[data-see]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const button = form.querySelector("button");
        if (button) {
          this.see(button);
        }
      });
    }
  }

  /**
   * Silent here at once; if the line cannot hear of it, it sounds again with the next look that says so.
   *
   * @param {HTMLButtonElement} button
   */
  async see(button) {
    button.disabled = true;
    this.seen.add(button.value);
    this.draw();
    const outcome = await post(this.root.dataset.fragmentUrl || "", [["alarm", button.value]]);
    if (!outcome.kept) {
      this.seen.delete(button.value);
      button.disabled = false;
      this.draw();
    }
    this.look();
  }

  // Sound

  offerSound() {
    const box = part(this.root, "[data-alarm-sound]");
    const words = part(this.root, "[data-sound-words]");
    box.hidden = false;
    const active = !navigator.userActivation || navigator.userActivation.hasBeenActive;
    say(words, active ? "" : wordsOf(words, "asleep"));
    for (const touch of ["click", "keydown"]) {
      addEventListener(touch, () => say(words, words.textContent === wordsOf(words, "asleep") ? "" : words.textContent || ""), { once: true });
    }
    part(this.root, "[data-try-sound]").addEventListener("click", async () => {
      const heard = await this.play();
      say(words, wordsOf(words, heard ? "heard" : "blocked"));
    });
  }

  play() {
    this.second = setTimeout(() => tone(PITCH / 1.5), SECOND_TONE);
    return tone(PITCH);
  }

  hush() {
    clearTimeout(this.second);
    hush();
  }
}
