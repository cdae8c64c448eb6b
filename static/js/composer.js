/**
 * The box to write in: Enter sends where there is a keyboard (Shift+Enter is a new line); on touch the button sends.
 * An input method that is composing keeps its Enter; the box grows with its text.
 *
 * @typedef {{say: (text: string) => boolean|void, typing?: () => void, changed?: (text: string) => void}} Hooks
 *   `say` returns false when the words must stay in the box
 */

const TALLEST = 200; // pixels
const TYPING_EVERY = 3000; // milliseconds

export class Composer {
  /**
   * @param {HTMLFormElement} form with one textarea; it stays a real form for whoever has no script
   * @param {Hooks} hooks
   */
  constructor(form, hooks) {
    const box = form.querySelector("textarea");
    if (!box) {
      throw new Error("a composer needs a textarea");
    }
    this.form = form;
    this.box = box;
    this.hooks = hooks;
    this.typedAt = 0;
    form.addEventListener("submit", (event) => {
      if (event.submitter instanceof HTMLButtonElement && event.submitter.name && event.submitter.value !== "say") {
        return;
      }
      event.preventDefault();
      this.send();
    });
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("input", () => this.written());
    this.grow();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const composing = event.isComposing || event.keyCode === 229;
    const touch = matchMedia("(pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || composing || touch) {
      return;
    }
    event.preventDefault();
    this.send();
  }

  written() {
    this.grow();
    if (this.hooks.changed) {
      this.hooks.changed(this.box.value);
    }
    const now = Date.now();
    if (this.hooks.typing && this.box.value && now - this.typedAt >= TYPING_EVERY) {
      this.typedAt = now;
      this.hooks.typing();
    }
  }

  /** Hand over what is written; focus stays in the box. */
  send() {
    const text = this.box.value;
    if (text.trim() && this.hooks.say(text) !== false) {
      this.put("");
    }
    this.box.focus({ preventScroll: true });
  }

  /** @param {string} text */
  put(text) {
    this.box.value = text;
    this.grow();
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = Math.min(TALLEST, this.box.scrollHeight + 2) + "px";
  }
}
