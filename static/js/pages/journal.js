/** The journal: what is being written saves itself as a sealed draft; nothing is kept in the browser. */

import { createAutosaver } from "../desk/autosave.js";
import { post } from "../desk/requests.js";
import { part, say, wordsOf } from "../desk/words.js";

const PATIENCE = 3000; // milliseconds for which a draft may hold up its page

const form = document.querySelector("[data-journal]");
if (form instanceof HTMLFormElement) {
  const text = part(form, "textarea");
  const prompt = form.elements.namedItem("prompt");
  const state = part(form, "[data-state]");
  const saver = createAutosaver({
    save: async (value) => {
      const outcome = await post(form.dataset.draftUrl || "", [
        ["text", value],
        ["prompt", prompt instanceof HTMLInputElement ? prompt.value : ""],
      ]);
      return { kept: outcome.kept, final: outcome.final, problem: outcome.problem };
    },
    tell: (status, outcome) => {
      const known = ["saving", "saved", "failed"].includes(status);
      say(state, status === "refused" ? (outcome && outcome.problem) || "" : known ? wordsOf(state, status) : "");
    },
  });
  const written = () => (text instanceof HTMLTextAreaElement ? text.value : "");
  text.addEventListener("input", () => saver.changed(written()));
  form.addEventListener("submit", async (event) => {
    event.preventDefault(); // a draft on its way comes first: else it would stand beside the page that it became
    await Promise.race([saver.flush(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    saver.settle();
    form.submit();
  });
  part(form, "[data-idea]").addEventListener("click", async (event) => {
    if (saver.dirty && event.currentTarget instanceof HTMLAnchorElement) {
      event.preventDefault(); // the words come along: first they are kept
      const { href } = event.currentTarget;
      await saver.flush();
      location.assign(href);
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      saver.flush();
    }
  });
  addEventListener("pagehide", () => saver.flush());
  addEventListener("beforeunload", (event) => {
    if (saver.dirty) {
      event.preventDefault();
    }
  });
}
