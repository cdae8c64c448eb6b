/**
 * The keys of the desk, the list of them, and the switch that turns them off for this session.
 *
 * @typedef {import("./shortcuts.js").Act} Act
 */

import { post } from "./requests.js";
import { actOf } from "./shortcuts.js";
import { part } from "./words.js";

export class Keyboard {
  /**
   * @param {HTMLElement} root  knows whether the keys are on and where to say that they are not
   * @param {HTMLDialogElement} help
   * @param {(act: Act) => void} act
   */
  constructor(root, help, act) {
    this.on = root.dataset.shortcuts !== "no";
    this.url = root.dataset.shortcutsUrl || "";
    this.help = help;
    this.act = act;
    document.addEventListener("keydown", (event) => this.key(event));
    part(root, "[data-open-help]").addEventListener("click", () => help.showModal());
    part(help, "[data-close-help]").addEventListener("click", () => help.close());
    const box = /** @type {HTMLInputElement} */ (part(help, "[data-shortcuts-switch]"));
    box.addEventListener("change", () => this.switch(box.checked));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = event.target;
    const writing = target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
    const press = {
      code: event.code,
      key: event.key,
      altKey: event.altKey,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      shiftKey: event.shiftKey,
      altGraph: event.getModifierState("AltGraph"),
      isComposing: event.isComposing,
    };
    const act = actOf(press, { on: this.on, writing });
    if (!act || act === "close" || this.help.open) {
      return; // a dialog closes itself
    }
    event.preventDefault();
    if (act === "help") {
      this.help.showModal();
    } else {
      this.act(act);
    }
  }

  /** @param {boolean} on */
  async switch(on) {
    this.on = on;
    await post(this.url, [["on", on ? "yes" : "no"]]);
  }
}
