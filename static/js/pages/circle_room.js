/**
 * The room of a circle: one socket; what is said appears, how the room stands is fetched anew at each change, and the
 * page's buttons go by the socket. Without this script the same page works by plain forms.
 *
 * @typedef {import("../circle_protocol.js").CircleServerFrame} CircleServerFrame
 */

import { announce } from "../announcer.js";
import { CircleLog } from "../circle/log.js";
import { ACTS, TRY_LATER } from "../circle_protocol.js";
import { Composer } from "../composer.js";
import { freshId } from "../conversation.js";
import { fragment, post } from "../desk/requests.js";
import { part, say, wordsOf } from "../desk/words.js";
import { Socket } from "../socket.js";
import { clone } from "../templates.js";

const AGAIN_AFTER = 2500; // milliseconds

const page = part(document, "#circle");
const standing = part(document, "#standing");
const signal = part(document, "#signal");
const problem = part(document, "#problem");
const words = document.querySelector("#words");
const log = new CircleLog(part(document, "#log"), words);
let last = Number(page.dataset.last) || 0;
let shut = false;

/** @param {CircleServerFrame} frame */
function take(frame) {
  if (frame.op === "said") {
    last = Math.max(last, frame.seq);
    part(document, "#quiet").hidden = true;
    log.hear(frame);
  } else if (frame.op === "room") {
    stand();
  } else if (frame.op === "more") {
    socket.send({ op: "look", after: frame.after });
  } else if (frame.op === "refused") {
    refused(frame.code, frame.id || "");
  }
}

/** Fetch how the room stands; whoever was at a button of it finds the same one, or the head of what came instead. */
async function stand() {
  const held = document.activeElement instanceof HTMLButtonElement && standing.contains(document.activeElement);
  const value = held ? /** @type {HTMLButtonElement} */ (document.activeElement).value : "";
  const answer = await fragment(page.dataset.standing || "");
  if (answer.reached !== "ok" || shut) {
    return;
  }
  const before = told();
  standing.replaceChildren(...answer.nodes);
  if (told() !== before) {
    announce(told());
  }
  if (held) {
    const again = standing.querySelector('button[value="' + value + '"]') || standing.querySelector("h2");
    if (again instanceof HTMLElement) {
      again.focus({ preventScroll: true });
    }
  }
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
  if (TRY_LATER.includes(code)) {
    setTimeout(() => log.unsent().forEach(transmit), AGAIN_AFTER);
    return;
  }
  complain(code);
  if (id) {
    log.refuse(id, (text) => {
      composer.put([composer.box.value, text].filter(Boolean).join("\n"));
      composer.box.focus();
    });
  }
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
 * @returns {boolean} whether the words may leave the box: they stand in the list then
 */
function speak(text) {
  complain("");
  if (shut) {
    complain("not_yours");
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
    standing.replaceChildren();
    part(document, "#log").replaceChildren(); // nothing that others said stays on the screen of who left
    log.unsent().forEach((one) => composer.put([composer.box.value, one.text].filter(Boolean).join("\n")));
    tell("shut");
  } else {
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
  const told = outcome.kept ? wordsOf(words, "noteKept") : outcome.problem || wordsOf(words, "noteFailed");
  say(part(note, "[data-note-status]"), told);
  announce(told);
});

socket.open();
