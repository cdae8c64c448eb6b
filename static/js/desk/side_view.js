/**
 * The side of one conversation: what is known of the person, the care plan, level and instruments, what was agreed, and
 * the note; all fetched as fragments by address.
 *
 * @typedef {import("./desk_state.js").Place} Place
 *
 * @typedef {object} Hooks
 * @property {(place: Place) => Promise<void>} askConsent
 * @property {(place: Place, facts: Record<string, any>) => void} noted
 * @property {(place: Place) => void} changed
 * @property {(place: Place, due: boolean) => void} remind
 * @property {() => void} shut
 * @property {(place: Place, words: string) => void} put  into the box of the conversation; nothing is sent
 */

import { clone } from "../templates.js";
import { FragmentPanel } from "./fragment_panel.js";
import { keepDrafts } from "./form_draft.js";
import { NotePanel } from "./note_panel.js";
import { fragment } from "./requests.js";
import { part, wordsOf } from "./words.js";

const GIVEN = 1500; // milliseconds in which whoever passed a conversation on gives the key of its note along
const AGAIN = 4000; // milliseconds until a fragment that failed is asked for again

export class SideView {
  /**
   * @param {Place} place
   * @param {{ about: string, note: string, level: string, plan: string, agreed: string }} urls
   * @param {Hooks} hooks
   */
  constructor(place, urls, hooks) {
    this.place = place;
    this.urls = urls;
    this.hooks = hooks;
    this.root = clone("side");
    this.about = part(this.root, "[data-about]");
    this.noteplace = part(this.root, "[data-note-place]");
    this.level = new FragmentPanel(part(this.root, "[data-level-place]"), urls.level, {
      changed: () => this.tellAbout(),
      shut: () => hooks.shut(),
    });
    this.plan = new FragmentPanel(part(this.root, "[data-plan-place]"), urls.plan);
    this.agreed = new FragmentPanel(part(this.root, "[data-agreed-place]"), urls.agreed, { shut: () => hooks.shut() });
    this.places = this.offerPlaces();
    this.offerWords();
    this.begun = keepDrafts(part(this.root, "[data-agreed-place]"));
    /** @type {NotePanel|null} */
    this.note = null;
    this.wantsFocus = false;
    this.opened = false;
    this.beside = false; // another leads it now, and has note and level
    this.answering = false; // the reminder was answered, and the line does not know it yet
    this.answered = 0; // how often it was
    this.gone = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.aboutAgain = undefined;
  }

  /** @param {boolean} shown */
  show(shown) {
    this.root.hidden = !shown;
    if (shown) {
      this.open();
    }
  }

  open() {
    if (!this.opened) {
      this.opened = true;
      this.tellAbout();
      this.plan.open();
      this.level.open();
      this.agreed.open();
      if (this.place.part) {
        this.stepAside();
      } else {
        setTimeout(() => this.openNote(), this.place.companion ? GIVEN : 0);
      }
    }
  }

  /** Whoever goes on has note and level now; what is known of the person is theirs to look at. */
  stepAside() {
    this.beside = true;
    if (this.note) {
      this.note.saver.settle();
      this.note = null;
    }
    this.about.replaceChildren();
    this.level.empty();
    this.plan.empty();
    this.agreed.empty();
    this.noteplace.replaceChildren(clone("note-passed", { name: this.place.name }));
  }

  /** The conversation came back: note and level are mine again. */
  stepBack() {
    this.beside = false;
    this.opened = false;
    this.open();
  }

  /** Where the conversation stands has changed: tell it anew. */
  stands() {
    const away = this.place.part !== "" || this.place.state === "passed";
    if (this.opened && away !== this.beside) {
      if (away) {
        this.stepAside();
      } else {
        this.stepBack();
      }
    }
    if (this.beside) {
      return;
    }
    this.tellAbout();
    if (this.place.state === "withdrawn") {
      this.level.empty();
      this.plan.empty();
      this.agreed.empty();
    } else if (this.opened) {
      this.level.refresh();
    }
  }

  /** The line said something: consent may have been given, or the plan changed. */
  lineSaid() {
    this.tellAbout();
    if (this.opened && !this.beside && !this.begun.dirty) {
      this.agreed.refresh();
    }
  }

  /** Fetch what is known of the person anew. */
  async tellAbout() {
    clearTimeout(this.aboutAgain);
    if (!this.opened || this.gone || this.beside || this.answering) {
      return;
    }
    const { answered } = this;
    const answer = await fragment(this.urls.about);
    if (this.beside || answered !== this.answered) {
      return; // fetched before the reminder was answered: it would stand there again
    }
    if (answer.reached === "ok") {
      this.told(answer.nodes);
    } else if (answer.reached === "gone") {
      this.about.replaceChildren();
    } else {
      if (!this.about.childElementCount) {
        this.about.replaceChildren(clone("fragment-failed"));
      }
      this.aboutAgain = setTimeout(() => this.tellAbout(), AGAIN);
    }
  }

  /**
   * The reminder was answered: what is known of the person is told again once the line has that.
   *
   * @param {Promise<unknown>} kept
   */
  async answer(kept) {
    this.answering = true;
    this.answered += 1;
    await kept;
    this.answering = false;
    this.tellAbout();
  }

  /** @param {Node[]} nodes */
  told(nodes) {
    const due = nodes.some((node) => node instanceof Element && node.matches("[data-remind]"));
    this.hooks.remind(this.place, due);
    const words = nodes.map((node) => node.textContent).join("");
    if (words !== this.about.textContent) {
      this.about.replaceChildren(...nodes);
      const ask = this.about.querySelector("[data-ask-consent]");
      if (ask instanceof HTMLButtonElement) {
        ask.addEventListener("click", () => this.askConsent(ask));
      }
    }
  }

  /** @param {HTMLButtonElement} button */
  async askConsent(button) {
    button.disabled = true;
    await this.hooks.askConsent(this.place);
    button.disabled = false;
    this.tellAbout();
  }

  async openNote() {
    if (this.note || this.gone || this.beside) {
      return;
    }
    const answer = await fragment(this.urls.note);
    if (answer.reached === "ok") {
      this.noteplace.replaceChildren(...answer.nodes);
      const form = this.noteplace.querySelector("form");
      if (form) {
        this.begin(form);
      }
    } else if (answer.reached === "gone") {
      this.noteplace.replaceChildren(clone("note-shut"));
    } else {
      this.noteplace.replaceChildren(clone("fragment-failed"));
      setTimeout(() => this.openNote(), AGAIN);
    }
  }

  /** Buttons on this side put ready words into the message; nothing is sent. */
  offerWords() {
    this.root.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-put]") : null;
      if (button) {
        this.hooks.put(this.place, wordsOf(button, "put"));
      }
    });
  }

  /** Places are looked up once somebody wants one. */
  offerPlaces() {
    const place = part(this.root, "[data-places]");
    const panel = new FragmentPanel(part(this.root, "[data-places-place]"), place.dataset.places || "");
    place.addEventListener("toggle", () => panel.at || panel.open());
    return panel;
  }

  /** @param {HTMLFormElement} form */
  begin(form) {
    const note = new NotePanel(form, {
      saved: (_revision, facts) => this.hooks.noted(this.place, facts),
      changed: () => this.hooks.changed(this.place),
      shut: () => this.hooks.shut(),
      stale: () => this.reopen(note),
    });
    this.note = note;
    this.place.noted = note.revision > 0 && !note.drafted;
    this.hooks.changed(this.place);
    if (this.wantsFocus) {
      this.wantsFocus = false;
      note.focus();
    }
  }

  /**
   * Another window saved this note meanwhile: show what it saved, and beside it what was written here.
   *
   * @param {NotePanel} note
   */
  async reopen(note) {
    if (this.note !== note) {
      return;
    }
    note.saver.settle();
    this.note = null;
    const here = clone("note-here", { text: note.text() });
    await this.openNote();
    this.noteplace.prepend(here);
  }

  focusNote() {
    if (this.note) {
      this.note.focus();
    } else {
      this.wantsFocus = true;
    }
  }

  close() {
    this.gone = true;
    clearTimeout(this.aboutAgain);
    this.level.close();
    this.plan.close();
    this.agreed.close();
    this.places.close();
    this.root.remove();
  }
}
