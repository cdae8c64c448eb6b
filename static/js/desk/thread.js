/**
 * One conversation on the desk: its log, its marks, the box to write in, the draft that the server keeps, its end.
 *
 * @typedef {import("./desk_state.js").Place} Place
 * @typedef {import("../protocol.js").Said} Said
 *
 * @typedef {object} Hooks
 * @property {(place: Place, text: string) => boolean} say
 * @property {(place: Place) => void} typing
 * @property {(place: Place) => void} end
 * @property {(place: Place, ending: string) => void} endWithoutNote
 * @property {(place: Place, how: string) => void} asked  about suicide, or wants no reminder
 * @property {(place: Place) => void} done  take it off the list
 * @property {(place: Place) => void} note  go to the note
 * @property {(place: Place) => void} looked  the end of the log is in view
 * @property {(place: Place, text: string) => Promise<import("./requests.js").Kept>} keepDraft
 * @property {(place: Place) => string} passing  the address of what leads to passing it on
 * @property {(place: Place) => Promise<unknown>} keepNote  before it is passed on with the conversation
 * @property {() => void} shut  the session ended
 */

import { Composer } from "../composer.js";
import { clock, clone, timeOf, worded } from "../templates.js";
import { createAutosaver } from "./autosave.js";
import { LIVE, OVER, draftOf, restored } from "./desk_state.js";
import { FragmentPanel } from "./fragment_panel.js";
import { drawBadge } from "./list_view.js";
import { part, say, wordsIn, wordsOf } from "./words.js";

const AT_END = 60; // pixels from the end that count as being there
const LATE = 10000; // milliseconds after which a message that is on its way says so

let made = 0;

export class Thread {
  /**
   * @param {Place} place
   * @param {Hooks} hooks
   */
  constructor(place, hooks) {
    this.place = place;
    this.hooks = hooks;
    this.root = clone("talk");
    this.log = part(this.root, "[data-log]");
    this.scroller = part(this.root, "[data-scroll]");
    this.fresh = 0; // messages that came while the end was out of view
    this.draftAsked = false;
    this.draftKnown = false; // until then nothing is kept: it would take the place of what was kept before
    this.urgency = "";
    this.marked = false;
    this.refusedText = ""; // what was written when the line had to refuse it: until it changes, the word on why stays
    /** @type {Map<string, HTMLElement>} */
    this.unsent = new Map();
    this.seenMark = clone("seen-to");
    this.passing = new FragmentPanel(part(this.root, "[data-passing]"), hooks.passing(place), {
      before: () => hooks.keepNote(place),
      shut: () => hooks.shut(),
    });
    this.passed = ""; // how it stood with passing it on when that was drawn
    const form = /** @type {HTMLFormElement} */ (part(this.root, "[data-composer]"));
    this.composer = new Composer(form, {
      say: (text) => hooks.say(place, text),
      typing: () => hooks.typing(place),
      changed: () => this.keep(),
    });
    this.saver = createAutosaver({
      save: (text) => hooks.keepDraft(place, text),
      tell: (status) => this.tellDraft(status),
    });
    this.listen(form);
    this.stands();
  }

  /** @param {HTMLFormElement} form */
  listen(form) {
    made += 1;
    this.composer.box.id = "box-" + made;
    /** @type {HTMLLabelElement} */ (part(form, "label")).htmlFor = this.composer.box.id;
    const on = (/** @type {string} */ selector, /** @type {() => void} */ act) =>
      this.root.querySelectorAll(selector).forEach((element) => element.addEventListener("click", act));
    on("[data-end]", () => this.askEnd(true));
    on("[data-confirm-stay]", () => this.askEnd(false));
    on("[data-confirm-end]", () => {
      this.askEnd(false);
      this.hooks.end(this.place);
    });
    this.root.querySelectorAll("[data-ending]").forEach((button) =>
      button.addEventListener("click", () => {
        this.askEnd(false);
        this.hooks.endWithoutNote(this.place, button instanceof HTMLElement ? button.dataset.ending || "" : "");
      }),
    );
    this.root.querySelectorAll("[data-asked]").forEach((button) =>
      button.addEventListener("click", () => {
        this.remind(false);
        this.composer.box.focus();
        this.hooks.asked(this.place, button instanceof HTMLElement ? button.dataset.asked || "" : "");
      }),
    );
    on("[data-who-next]", () => this.passing.open(this.passing.url + "&elegir=1"));
    on("[data-new]", () => this.toEnd());
    on("[data-to-note]", () => this.hooks.note(this.place));
    on("[data-done]", () => this.hooks.done(this.place));
    this.scroller.addEventListener("scroll", () => this.looked());
  }

  // Where it stands

  stands() {
    const place = this.place;
    const live = LIVE.includes(place.state);
    const over = OVER.includes(place.state);
    this.urgency = place.urgency;
    drawBadge(this.root, place.urgency);
    this.marked = place.marked;
    part(this.root, '[data-slot="marked"]').hidden = !place.marked;
    this.root.classList.toggle("is-practice", place.practice);
    part(this.root, "[data-practice-mark]").hidden = !place.practice;
    const state = part(this.root, '[data-slot="state"]');
    say(state, wordsOf(state, place.part || place.state, { name: place.name }));
    part(this.root, "[data-end]").hidden = !live || place.part !== "";
    this.standsPassing(live);
    this.composer.form.hidden = !live && !this.composer.box.value;
    this.composer.box.readOnly = !live;
    part(this.composer.form, "button").hidden = !live;
    part(this.root, "[data-over]").hidden = live;
    part(this.root, "[data-over-note]").hidden = !over || place.noted;
    part(this.root, "[data-over-done]").hidden = !over || !place.noted;
    part(this.root, "[data-over-practice]").hidden = !over || !place.practice;
    part(this.root, "[data-over-gone]").hidden = over || live;
    if (!live) {
      this.remind(false);
      this.askEnd(false);
    }
    if (place.state === "withdrawn") {
      this.wipe();
    }
  }

  /**
   * Show how it stands with passing the conversation on, fetched anew whenever that has changed.
   *
   * @param {boolean} live
   */
  standsPassing(live) {
    const { part: mine, handover, companion, state } = this.place;
    const stands = [live, mine, handover, companion, live ? state : ""].join();
    if (stands === this.passed) {
      return;
    }
    const first = this.passed === "";
    this.passed = stands;
    if (live && !(first && this.passing.at)) { // who asked already who goes on is not led back
      this.passing.open();
    } else if (!live) {
      this.passing.empty();
    }
  }

  /**
   * Say quietly that my shift ends, or ended, while somebody is still here.
   *
   * @param {number} ends  milliseconds; 0 where it ends not soon
   * @param {number} now
   */
  shiftEnds(ends, now) {
    const line = part(this.root, "[data-shift]");
    const { state, part: mine, handover } = this.place;
    line.hidden = !ends || !LIVE.includes(state) || mine !== "" || handover === "asked";
    if (!line.hidden) {
      const words = part(line, "[data-shift-words]");
      say(words, wordsOf(words, ends > now ? "soon" : "past", { time: clock(new Date(ends).toISOString()) }));
    }
  }

  /** Whoever took their words back is not to be read any more, here neither. */
  wipe() {
    this.saver.settle();
    this.place.talk.items = [];
    this.log.replaceChildren();
    this.unsent.clear();
    this.composer.put("");
    this.composer.form.hidden = true;
  }

  /** @param {boolean} asking */
  askEnd(asking) {
    const confirm = part(this.root, "[data-confirm]");
    const was = !confirm.hidden;
    confirm.hidden = !asking;
    part(this.root, "[data-unsent]").hidden = !this.composer.box.value.trim();
    part(this.root, "[data-end]").setAttribute("aria-expanded", String(asking));
    if (asking) {
      part(confirm, "[data-confirm-stay]").focus();
    } else if (was && !part(this.root, "[data-end]").hidden) {
      part(this.root, "[data-end]").focus();
    }
  }

  /**
   * @param {boolean} due  a quiet line to the volunteer
   * @returns {boolean} whether it stands there from now on
   */
  remind(due) {
    const line = part(this.root, "[data-reminder]");
    const was = line.hidden;
    line.hidden = !due || !LIVE.includes(this.place.state);
    return was && !line.hidden;
  }

  // What was said

  /**
   * @param {Said} said
   * @param {boolean} known  it stands here already as on its way
   */
  said(said, known) {
    const stick = this.atEnd();
    const speaker = said.other ? "colleague" : said.by;
    const item = (known && this.unsent.get(said.id)) || clone("said-" + speaker, { text: said.text, name: said.name || "" });
    this.unsent.delete(said.id);
    item.classList.remove("is-pending", "is-late", "is-refused");
    item.dataset.seq = String(said.seq);
    const facts = part(item, "[data-facts]");
    facts.replaceChildren(timeOf(said.at));
    if (speaker === "volunteer") {
      facts.append(clone("mark-sent"));
    }
    this.log.insertBefore(item, this.firstUnsent());
    if (known) {
      this.keep();
    }
    this.seen();
    this.follow(stick || speaker === "volunteer", said.by === "caller");
  }

  /** @returns {HTMLElement|null} */
  firstUnsent() {
    const next = this.unsent.values().next();
    return next.done ? null : next.value;
  }

  /**
   * Show a message that is on its way.
   *
   * @param {import("../conversation.js").Unsent} unsent
   */
  pending(unsent) {
    const item = clone("said-volunteer", { text: unsent.text });
    item.classList.add("is-pending");
    part(item, "[data-facts]").append(clone("mark-pending"));
    this.unsent.set(unsent.id, item);
    this.log.append(item);
    this.composer.put("");
    this.keep();
    this.toEnd();
  }

  /**
   * Say of what is on its way that it takes long.
   *
   * @param {number} now
   */
  tick(now) {
    for (const unsent of this.place.talk.unsent()) {
      const item = this.unsent.get(unsent.id);
      if (item && now - unsent.since > LATE && !item.classList.contains("is-late")) {
        item.classList.add("is-late");
        part(item, "[data-facts]").replaceChildren(clone("mark-late"));
      }
    }
    part(this.root, "[data-typing]").hidden = this.place.typingUntil <= now;
  }

  /**
   * Say why what stands in the box cannot be said; it stays there.
   *
   * @param {string} code
   */
  complain(code) {
    this.refusedText = this.composer.box.value;
    say(part(this.root, "[data-draft]"), wordsIn("refused-" + code));
  }

  /**
   * The line did not take a message and never will: say why, and let it be written again.
   *
   * @param {string} id
   * @param {string} code
   */
  refused(id, code) {
    const item = this.unsent.get(id);
    if (!item) {
      return;
    }
    item.classList.remove("is-pending", "is-late");
    item.classList.add("is-refused");
    const why = document.createElement("span");
    why.textContent = wordsIn("refused-" + code);
    const back = clone("take-back");
    back.addEventListener("click", () => this.takeBack(id));
    part(item, "[data-facts]").replaceChildren(why, back);
  }

  /** @param {string} id */
  takeBack(id) {
    const item = this.unsent.get(id);
    const text = this.place.talk.takeBack(id);
    this.unsent.delete(id);
    if (item) {
      item.remove();
    }
    const box = this.composer.box;
    this.composer.put(box.value.trim() ? text + "\n\n" + box.value : text);
    this.keep();
    this.stands();
    box.focus();
  }

  /**
   * Put words into the box, behind what stands there; whoever writes decides whether they go.
   *
   * @param {string} words
   */
  suggest(words) {
    const box = this.composer.box;
    if (box.readOnly) {
      return;
    }
    if (!box.value.includes(words)) {
      this.composer.put(box.value.trim() ? box.value + "\n\n" + words : words);
      this.keep();
      this.stands();
    }
    box.focus();
  }

  /** Show up to where the caller has read, under a message of mine. */
  seen() {
    const mine = Array.from(this.log.querySelectorAll(".message--volunteer[data-seq]")).filter(
      (item) => item instanceof HTMLElement && Number(item.dataset.seq) <= this.place.seen,
    );
    const last = mine[mine.length - 1];
    if (!last) {
      this.seenMark.remove();
    } else if (last.nextElementSibling !== this.seenMark) {
      last.after(this.seenMark);
    }
  }

  // Where one reads

  atEnd() {
    const box = this.scroller;
    return box.scrollHeight - box.scrollTop - box.clientHeight < AT_END;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.looked();
  }

  /**
   * Keep the end in view for whoever was there; tell the others that something came.
   *
   * @param {boolean} stick
   * @param {boolean} counts
   */
  follow(stick, counts) {
    if (this.root.hidden) {
      return;
    }
    if (stick) {
      this.toEnd();
    } else if (counts) {
      this.fresh += 1;
      const button = part(this.root, "[data-new]");
      button.hidden = false;
      say(button, this.fresh === 1 ? wordsOf(button, "one") : worded(button.dataset.words || "", { n: this.fresh }));
    }
  }

  looked() {
    if (!this.root.hidden && this.atEnd()) {
      this.fresh = 0;
      part(this.root, "[data-new]").hidden = true;
      this.hooks.looked(this.place);
    }
  }

  /** @param {boolean} shown */
  show(shown) {
    const was = this.root.hidden;
    this.root.hidden = !shown;
    if (shown && was) {
      this.composer.grow();
      this.toEnd();
    }
  }

  /** Go to the box, or to the words where nothing can be written. */
  focus() {
    (this.composer.form.hidden ? this.scroller : this.composer.box).focus();
  }

  // The draft

  keep() {
    if (!this.draftKnown) {
      return;
    }
    this.saver.changed(draftOf(this.place, this.composer.box.value));
  }

  /**
   * Put back what was begun before a reload; only once, after what was said is known.
   *
   * @param {(place: Place) => Promise<{reached: string, facts: Record<string, any>}>} fetchDraft
   */
  async restore(fetchDraft) {
    if (this.draftAsked) {
      return;
    }
    this.draftAsked = true;
    const answer = await fetchDraft(this.place);
    if (answer.reached === "failed") {
      this.draftAsked = false; // the next «idle» asks again
      return;
    }
    const text = restored(this.place, answer.facts.text || "");
    const begun = this.composer.box.value;
    if (text && !begun.includes(text)) {
      this.composer.put(begun ? text + "\n\n" + begun : text);
      this.tellDraft("restored");
      this.stands();
    }
    this.draftKnown = true;
    if (begun || this.unsent.size) {
      this.keep();
    }
  }

  /** @param {string} status */
  tellDraft(status) {
    if (this.refusedText && this.refusedText === this.composer.box.value) {
      return;
    }
    this.refusedText = "";
    const words = part(this.root, "[data-draft]");
    const nothing = !this.composer.box.value && (status === "saved" || status === "saving");
    say(words, nothing ? "" : wordsOf(words, status));
  }
}
