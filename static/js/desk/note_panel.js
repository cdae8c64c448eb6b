/**
 * A note that saves itself, sealed, while it is written: every change as a draft, and a version when one says so.
 * What cannot be saved stays in the form, is told in words, and is tried again.
 *
 * @typedef {object} Hooks
 * @property {(revision: number, facts: Record<string, any>) => void} [saved]
 * @property {() => void} [changed]
 * @property {() => void} [shut]  the session ended
 * @property {() => void} [stale]  another window saved the note after this one was opened
 */

import { createAutosaver } from "./autosave.js";
import { post } from "./requests.js";
import { part, say, wordsOf } from "./words.js";

export class NotePanel {
  /**
   * @param {HTMLFormElement} form
   * @param {Hooks} hooks
   */
  constructor(form, hooks) {
    this.form = form;
    this.hooks = hooks;
    this.status = part(form, "[data-note-status]");
    this.revision = Number(form.dataset.revision || 0);
    this.drafted = form.dataset.drafted === "yes";
    this.saver = createAutosaver({
      save: (fields) => this.send(fields, "draft"),
      tell: (status, outcome) => this.tell(status, outcome),
    });
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
  }

  /** @returns {[string, string][]} */
  fields() {
    /** @type {[string, string][]} */
    const fields = [];
    new FormData(this.form).forEach((value, name) => {
      if (name !== "csrfmiddlewaretoken") {
        fields.push([name, String(value)]); // the token goes as a header, and may be a newer one
      }
    });
    return fields;
  }

  changed() {
    this.drafted = true;
    this.saver.changed(this.fields());
    if (this.hooks.changed) {
      this.hooks.changed();
    }
  }

  /**
   * @param {[string, string][]} fields
   * @param {"draft"|"save"} what
   */
  async send(fields, what) {
    const outcome = await post(this.form.action, fields.concat([["do", what]]));
    if (outcome.shut && this.hooks.shut) {
      this.hooks.shut();
    }
    if (outcome.facts.code === "stale" && this.hooks.stale) {
      this.hooks.stale();
    }
    return outcome;
  }

  /** Save a version; the draft is forgotten with it. */
  async save() {
    const button = /** @type {HTMLButtonElement} */ (part(this.form, "button"));
    button.disabled = true;
    await this.saver.flush(); // whatever happens next, the words are kept
    const fields = this.fields();
    const outcome = await this.send(fields, "save");
    button.disabled = false;
    if (!outcome.kept) {
      this.tell(outcome.final ? "refused" : "failed", outcome);
      return;
    }
    this.saver.settle();
    this.drafted = false;
    this.revision = Number(outcome.facts.revision || this.revision + 1);
    say(button, wordsOf(button, "again") || button.textContent || "");
    this.show(wordsOf(this.form, "kept", { n: this.revision }), false);
    if (JSON.stringify(this.fields()) !== JSON.stringify(fields)) {
      this.changed(); // somebody went on writing meanwhile
    }
    if (this.hooks.saved) {
      this.hooks.saved(this.revision, outcome.facts);
    }
  }

  /**
   * @param {string} status
   * @param {import("./autosave.js").Outcome} [outcome]
   */
  tell(status, outcome) {
    const words = (outcome && outcome.problem) || wordsOf(this.form, status);
    this.show(words, status === "failed" || status === "refused");
  }

  /**
   * @param {string} words
   * @param {boolean} bad
   */
  show(words, bad) {
    say(this.status, words);
    this.status.classList.toggle("is-failed", bad);
  }

  /** @returns {string} what stands in the form, for whoever must copy it */
  text() {
    const boxes = Array.from(this.form.querySelectorAll("textarea"));
    return boxes.map((box) => box.value.trim()).filter(Boolean).join("\n\n");
  }

  get dirty() {
    return this.saver.dirty;
  }

  flush() {
    return this.saver.flush();
  }

  focus() {
    const field = this.form.querySelector("textarea, select");
    if (field instanceof HTMLElement) {
      field.focus();
    }
  }
}
