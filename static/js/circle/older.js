/**
 * What was said before, put in front of what a circle's room shows: the link «Ver lo anterior» fetches it, so that the
 * page stays and with it what is being written. Without this script the link leads to a page of its own.
 */

import { announce } from "../announcer.js";
import { fragment } from "../desk/requests.js";
import { part, say, wordsOf } from "../desk/words.js";

const QUIET = 1000; // milliseconds in which what is put in front is not read aloud, entry by entry
const log = part(document, "#log");
const live = part(document, '[role="log"]');

/** @param {HTMLAnchorElement} link */
async function fetchFrom(link) {
  const answer = await fragment(link.href);
  const place = link.closest("[data-older]");
  const told = document.createElement("div");
  told.append(...answer.nodes);
  const next = told.querySelector("[data-older]");
  if (answer.reached !== "ok" || !place || !next) {
    say(part(link.parentElement || document, "[data-problem]"), wordsOf(place, "failed"));
    return;
  }
  const below = document.documentElement.scrollHeight - scrollY;
  live.setAttribute("aria-live", "off");
  setTimeout(() => live.removeAttribute("aria-live"), QUIET);
  log.prepend(...told.querySelectorAll("li"));
  place.replaceWith(next);
  scrollTo({ top: document.documentElement.scrollHeight - below, behavior: "instant" }); // what was being read stays where it was
  const again = next.querySelector("a") || live;
  again.focus({ preventScroll: true });
  announce(wordsOf(next, "shown"));
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-older] a") : null;
  if (link instanceof HTMLAnchorElement && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    fetchFrom(link);
  }
});
