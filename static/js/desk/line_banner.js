/** Says in words that the line cannot be heard: soon that it reconnects, later that the network may be the cause. */

import { part, say, wordsOf } from "./words.js";

const WORDS_AFTER = 2000; // milliseconds offline before the page says so
const BLOCKED_AFTER = 30000; // milliseconds more after which it speaks of the network

export class LineBanner {
  /**
   * @param {HTMLElement} root
   * @param {() => void} again  somebody asks to try at once
   */
  constructor(root, again) {
    this.root = root;
    this.away = false; // the line is, and this page waits to say so or has said so
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    part(root, "[data-line-again]").addEventListener("click", again);
  }

  /** @param {import("../socket.js").Status} status */
  draw(status) {
    if (status === "online") {
      clearTimeout(this.timer);
      this.away = false;
      part(this.root, "[data-line]").hidden = true;
    } else if (status === "shut") {
      clearTimeout(this.timer);
      this.tell("shut");
    } else if (!this.away) {
      this.away = true;
      this.timer = setTimeout(() => {
        this.tell("offline");
        this.timer = setTimeout(() => this.tell("blocked"), BLOCKED_AFTER);
      }, WORDS_AFTER);
    }
  }

  /** @param {"offline"|"blocked"|"shut"} what */
  tell(what) {
    const words = part(this.root, "[data-line-words]");
    say(words, wordsOf(words, what));
    part(this.root, "[data-line-shut]").hidden = what !== "shut";
    part(this.root, "[data-line]").hidden = false;
  }
}
