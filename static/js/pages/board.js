/**
 * The supervisor's board: fetches its moving part again every few seconds, keeps focus and scroll, rests while nobody
 * looks, and says since when it knows nothing newer.
 */

import { announce } from "../announcer.js";
import { AlarmStrip } from "../board/alarm_strip.js";
import { fragment } from "../desk/requests.js";
import { showTalks } from "../board/talks.js";
import { remind } from "../desk/reminders.js";
import { part, say, wordsOf } from "../desk/words.js";
import { clock, worded } from "../templates.js";

const EVERY = 3000;
const PATIENCE = 10000; // milliseconds after which an answer that does not come counts as none

const board = part(document, "#board");
const state = part(document, "[data-state]");
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;
let busy = false;
/** @type {AlarmStrip|null} */
let strip = null;

/** @returns {DOMStringMap} what the part that is shown says of itself */
function facts() {
  return part(board, "[data-board]").dataset;
}

async function look() {
  clearTimeout(timer);
  if (document.visibilityState !== "visible") {
    return; // comes back with whoever looks
  }
  if (!busy) {
    busy = true;
    const late = new Promise((resolve) => setTimeout(() => resolve({ reached: "failed", nodes: [] }), PATIENCE));
    const answer = await Promise.race([fragment(board.dataset.fragmentUrl || ""), late]);
    busy = false;
    if (answer.reached === "ok") {
      show(answer.nodes);
    } else {
      stale(answer.reached === "shut" || answer.reached === "gone" ? "shut" : "offline");
    }
  }
  clearTimeout(timer);
  timer = setTimeout(look, EVERY);
}

/** @param {Node[]} nodes */
function show(nodes) {
  const before = facts().alarm;
  const focused = document.activeElement instanceof HTMLElement && board.contains(document.activeElement) ? keyOf(document.activeElement) : "";
  const scrolled = Array.from(board.querySelectorAll("[data-scroll]"), (box) => [keyOf(box), box.scrollLeft]);
  board.replaceChildren(...nodes);
  for (const [key, left] of scrolled) {
    const box = found(String(key));
    if (box) {
      box.scrollLeft = Number(left);
    }
  }
  const again = focused ? found(focused) : null;
  if (again) {
    again.focus({ preventScroll: true });
  }
  board.classList.remove("is-stale");
  say(state, "");
  const now = facts();
  if (Number(now.alarm) > Number(before)) {
    announce(now.spoken || "");
  }
  title();
}

/** Say in the title how many alarms call, or else how many wait. */
function title() {
  const now = facts();
  const calling = strip ? strip.ringing : 0;
  const words = calling ? board.dataset.titleAlarm : Number(now.waiting) ? board.dataset.titleCount : board.dataset.title;
  const shown = worded(words || "", { n: calling || now.waiting || 0 });
  if (document.title !== shown) {
    document.title = shown;
  }
}

/** @param {string} why */
function stale(why) {
  board.classList.add("is-stale");
  say(state, wordsOf(state, why, { time: clock(facts().at || "") }));
}

/**
 * What an element is found by again after the part was drawn anew.
 *
 * @param {Element} element
 * @returns {string}
 */
function keyOf(element) {
  return element.getAttribute("href") || element.getAttribute("data-scroll") || "";
}

/**
 * @param {string} key
 * @returns {HTMLElement|null}
 */
function found(key) {
  const all = Array.from(board.querySelectorAll("a, [data-scroll]"));
  const one = all.find((element) => keyOf(element) === key);
  return one instanceof HTMLElement ? one : null;
}

document.addEventListener("visibilitychange", look);
addEventListener("online", look);
strip = new AlarmStrip(part(document, "#alarms"), { changed: title });
title();
showTalks(part(document, "#talks"));
showTalks(part(document, "#practices"));
remind(part(document, "#reflection"), part(document, "#reflection").dataset.fragmentUrl || "");
timer = setTimeout(look, EVERY);
