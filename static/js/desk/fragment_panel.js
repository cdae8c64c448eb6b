/**
 * A part of the desk that is fetched by its address and may lead on: its links and forms stay inside it.
 *
 * @typedef {object} Hooks
 * @property {() => Promise<unknown>} [before]  what must be kept before a form of it is sent
 * @property {() => void} [changed]  a form of it was kept
 * @property {() => void} [shut]  the session ended
 */

import { clone } from "../templates.js";
import { fragment, post } from "./requests.js";

const AGAIN = 4000; // milliseconds until a fragment that failed is asked for again

export class FragmentPanel {
  /**
   * @param {HTMLElement} place  whose content it is
   * @param {string} url  where it begins
   * @param {Hooks} [hooks]
   */
  constructor(place, url, hooks) {
    this.place = place;
    this.url = url;
    this.hooks = hooks || {};
    this.at = "";
    this.gone = false;
    this.busy = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.again = undefined;
    place.addEventListener("click", (event) => this.follow(event));
    place.addEventListener("submit", (event) => this.sent(event));
  }

  /** Fetch it anew from its beginning, unless somebody is at work in it. */
  refresh() {
    if (this.at === this.url && !this.place.contains(document.activeElement)) {
      this.open(this.url);
    }
  }

  /**
   * @param {string} [url]
   * @param {string} [problem]  shown on top of what is fetched
   */
  async open(url, problem) {
    clearTimeout(this.again);
    const wanted = url || this.url;
    this.at = wanted;
    const inside = this.place.contains(document.activeElement);
    const answer = await fragment(wanted);
    if (this.gone || this.at !== wanted) {
      return;
    }
    if (answer.reached === "ok") {
      this.place.replaceChildren(...answer.nodes);
      this.complain(problem || "");
      if (inside) {
        this.focus();
      }
    } else if (answer.reached === "gone") {
      this.place.replaceChildren();
    } else {
      if (!this.place.childElementCount) {
        this.place.replaceChildren(clone("fragment-failed"));
      }
      this.again = setTimeout(() => this.open(wanted), AGAIN);
    }
  }

  /** Show nothing of it any more. */
  empty() {
    this.at = "";
    clearTimeout(this.again);
    this.place.replaceChildren();
  }

  /** Whoever was inside stays inside: at the head of what came instead. */
  focus() {
    const head = this.place.querySelector("h2, h3");
    if (head instanceof HTMLElement) {
      head.tabIndex = -1;
      head.focus();
    }
  }

  /** @param {string} problem */
  complain(problem) {
    const told = this.place.querySelector("[data-problem]");
    if (told && problem) {
      told.replaceChildren(clone("problem", { text: problem }));
    }
  }

  /** @param {Event} event */
  follow(event) {
    const link = event.target instanceof Element ? event.target.closest("a[data-go]") : null;
    if (link instanceof HTMLAnchorElement) {
      event.preventDefault();
      this.open(link.getAttribute("href") || "");
    }
  }

  /** @param {Event} event */
  async sent(event) {
    const form = event.target;
    event.preventDefault();
    if (!(form instanceof HTMLFormElement) || this.busy) {
      return;
    }
    if (form.method === "get") {
      const asked = Array.from(new FormData(form), ([name, value]) => [name, String(value)]);
      await this.open(form.action + "?" + String(new URLSearchParams(asked)));
      return;
    }
    this.busy = true;
    if (this.hooks.before) {
      await this.hooks.before();
    }
    /** @type {[string, string][]} */
    const fields = [];
    new FormData(form).forEach((value, name) => {
      if (name !== "csrfmiddlewaretoken") {
        fields.push([name, String(value)]); // the token goes as a header, and may be a newer one
      }
    });
    const by = event instanceof SubmitEvent ? event.submitter : null;
    if (by instanceof HTMLButtonElement && by.name) {
      fields.push([by.name, by.value]); // as a plain form would send it
    }
    const outcome = await post(form.action, fields);
    this.busy = false;
    if (outcome.shut && this.hooks.shut) {
      this.hooks.shut();
    }
    if (outcome.facts.next) {
      await this.open(outcome.facts.next, outcome.problem);
    } else {
      const failed = clone("fragment-unsent");
      this.complain(outcome.problem || failed.textContent || "");
    }
    if (outcome.kept && this.hooks.changed) {
      this.hooks.changed();
    }
  }

  close() {
    this.gone = true;
    clearTimeout(this.again);
  }
}
