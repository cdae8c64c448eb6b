/**
 * The room of a circle: one socket; what is said appears, how the room stands is fetched anew at each change, and the
 * page's buttons go by the socket. Without this script the same page works by plain forms.
 *
 * @typedef {import("../circle_protocol.js").CircleServerFrame} CircleServerFrame
 * @typedef {import("../circle_protocol.js").Room} Room
 */

import { announce } from "../announcer.js";
import { CircleLog } from "../circle/log.js";
import { ACTS, PAIRS, TRY_LATER } from "../circle_protocol.js";
import { Composer } from "../composer.js";
import { freshId } from "../conversation.js";
import { fragment, post } from "../desk/requests.js";
import { part, say, wordsOf } from "../desk/words.js";
import { Socket } from "../socket.js";
import { clone } from "../templates.js";

const AGAIN_AFTER = 2500; // milliseconds
const BACK_WITHIN = 600000; // milliseconds in which whoever was cut off comes back into the room by themselves

const page = part(document, "#circle");
const standing = part(document, "#standing");
const signal = part(document, "#signal");
const problem = part(document, "#problem");
const words = document.querySelector("#words");
const log = new CircleLog(part(document, "#log"), words);
let last = Number(page.dataset.last) || 0;
let shut = false;
/** @type {Room|null} how the room stood when it was last told */
let room = null;
let cutOff = 0; // when the signal was lost
let asked = 0; // how often the room was asked for how it stands
let drawn = 0; // which of those answers is shown
let comingBack = false; // what was said meanwhile is said again once I am in the room

/** @param {CircleServerFrame} frame */
function take(frame) {
  if (frame.op === "said") {
    last = Math.max(last, frame.seq);
    part(document, "#quiet").hidden = true;
    log.hear(frame);
  } else if (frame.op === "room") {
    heed(frame);
    stand();
  } else if (frame.op === "more") {
    socket.send({ op: "look", after: frame.after });
  } else if (frame.op === "refused") {
    refused(frame.code, frame.id || "");
  }
}

/**
 * Note how the room stands now. Whoever was in it when the signal was lost comes in again: the line takes a page that is
 * away for gone.
 *
 * @param {Room} now
 */
function heed(now) {
  const wasHere = Boolean(room && room.here) && cutOff > Date.now() - BACK_WITHIN;
  comingBack = wasHere && now.state !== "thread" && !now.here;
  if (comingBack) {
    socket.send({ op: "enter" });
  }
  if (room && room.refused && !now.refused) {
    complain(""); // it is my turn now
  }
  cutOff = 0;
  room = now;
}

/** Fetch how the room stands; whoever was at a button of it finds the same one, or the head of what came instead. */
async function stand() {
  const mine = ++asked;
  const answer = await fragment(page.dataset.standing || "");
  if (answer.reached !== "ok" || shut || mine < drawn) {
    return; // a later answer may have come first
  }
  drawn = mine;
  const held = document.activeElement instanceof HTMLButtonElement && standing.contains(document.activeElement);
  const value = held ? /** @type {HTMLButtonElement} */ (document.activeElement).value : "";
  const other = PAIRS[/** @type {keyof typeof PAIRS} */ (value)] || value;
  const before = told();
  standing.replaceChildren(...answer.nodes);
  if (told() !== before) {
    announce(told());
  }
  if (held) {
    const again = buttonFor(value) || buttonFor(other) || standing.querySelector("h2");
    if (again instanceof HTMLElement) {
      again.focus({ preventScroll: true });
    }
  }
}

/**
 * @param {string} value
 * @returns {Element|null} the button of the room that does this
 */
function buttonFor(value) {
  return standing.querySelector('button[value="' + value + '"]');
}

/** @returns {string} what a screen reader is told when it changes: the phase, whose turn it is; never the clock */
function told() {
  return Array.from(standing.querySelectorAll("[data-told]"), (one) => (one.textContent || "").trim()).join(". ");
}

/**
 * @param {string} code
 * @param {string} id of what was said, if it answers that
 */
function refused(code, id) {
  if (TRY_LATER.includes(code) || (comingBack && code === "not_in_room")) {
    setTimeout(() => log.unsent().forEach(transmit), AGAIN_AFTER);
    return;
  }
  complain(code);
  if (id) {
    log.refuse(id, (text) => {
      putBack(text);
      composer.box.focus();
    });
  }
}

/** @param {string} text */
function putBack(text) {
  composer.put([composer.box.value, text].filter(Boolean).join("\n"));
}

/** @param {string} code */
function complain(code) {
  const template = document.querySelector('template[data-refusal="' + code + '"]');
  const text = template instanceof HTMLTemplateElement ? (template.content.textContent || "").trim() : "";
  problem.replaceChildren(...(text ? [clone("problem-notice", { text })] : []));
}

/** @param {{id: string, text: string}} one */
function transmit(one) {
  socket.send({ op: "say", id: one.id, text: one.text });
}

/**
 * @param {string} text
 * @returns {boolean} whether the words may leave the box: they stand in the list then, and not while I may not speak
 */
function speak(text) {
  const no = shut ? "not_yours" : (room && room.refused) || "";
  complain(no);
  if (no) {
    return false;
  }
  const one = { id: freshId(), text: text.trim() };
  log.add(one.id, one.text);
  transmit(one);
  return true;
}

/** @param {string} name of the words that say what is wrong; nothing when all is well */
function tell(name) {
  const text = name ? wordsOf(words, name) : "";
  signal.hidden = !text;
  say(signal, text);
}

/** @param {string} status of the socket */
function socketIs(status) {
  part(document, "#refresh").hidden = status === "online";
  if (status === "online") {
    tell("");
  } else if (status === "shut") {
    shut = true;
    complain("");
    standing.replaceChildren();
    log.giveBack().forEach(putBack); // and nothing that others said stays on the screen of who left
    tell("shut");
  } else {
    cutOff = cutOff || Date.now();
    tell(status);
  }
}

// Binding ------------------------------------------------------------------------------------------------------------

const composer = new Composer(/** @type {HTMLFormElement} */ (part(document, "#composer")), { say: speak });
const socket = new Socket(page.dataset.socket || "", {
  hear: (frame) => take(/** @type {CircleServerFrame} */ (/** @type {unknown} */ (frame))),
  status: socketIs,
  missing: () => [{ op: "look", after: last }],
  unsent: () => log.unsent().map((one) => ({ op: "say", id: one.id, text: one.text })),
});

standing.addEventListener("submit", (event) => {
  const button = event.submitter;
  const act = button instanceof HTMLButtonElement ? ACTS[/** @type {keyof typeof ACTS} */ (button.value)] : undefined;
  const phase = standing.querySelector('[name="phase"]');
  if (act && socket.send(act(phase instanceof HTMLInputElement ? Number(phase.value) : 0))) {
    event.preventDefault(); // without an open socket the form goes as it is
    complain("");
  }
});

const note = /** @type {HTMLFormElement} */ (part(document, "#own-note"));
note.addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = /** @type {HTMLTextAreaElement} */ (part(note, "textarea"));
  const outcome = await post(note.action, [["note", box.value]]);
  const failed = outcome.problem || wordsOf(words, outcome.shut || shut ? "noteShut" : "noteFailed");
  const told = outcome.kept ? wordsOf(words, "noteKept") : failed;
  say(part(note, "[data-note-status]"), told);
  announce(told);
});

socket.open();
