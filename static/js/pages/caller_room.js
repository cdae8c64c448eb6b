/**
 * Binds a caller's conversation page: what the line says becomes what is seen, what is written goes out once, and
 * nothing is kept by the browser. Without this script the same page works by plain forms.
 *
 * @typedef {import("../protocol.js").ContactState} ContactState
 * @typedef {import("../protocol.js").ServerFrame} ServerFrame
 * @typedef {import("../protocol.js").Said} Said
 * @typedef {import("../protocol.js").State} State
 * @typedef {import("../conversation.js").Unsent} Unsent
 */

import { Composer } from "../composer.js";
import { Conversation, freshId } from "../conversation.js";
import { PlainLine } from "../plain_line.js";
import { TRY_LATER, isTooLong } from "../protocol.js";
import { Log } from "../room/log.js";
import { complain, leaving, notice, part, reload, words } from "../room/page.js";
import { stand } from "../room/standing.js";
import { bindSteps, fetchAsked } from "../room/steps.js";
import { Socket } from "../socket.js";
import { tone } from "../sound.js";
import { worded } from "../templates.js";

const LATE = 10000; // milliseconds without a receipt
const AGAIN_AFTER = 2500;
const TYPING_LASTS = 6000;
const SIGNAL_AFTER = 2000;
const IN_TALK = ["talking", "asleep"];
const OPEN = ["waiting", "talking", "asleep"];

const room = part("room").dataset;
const form = /** @type {HTMLFormElement} */ (part("composer"));
const log = new Log();
const conversation = new Conversation(Number(room.last));
conversation.state = /** @type {ContactState} */ (room.state);
if (log.first() > 1) {
  log.clear(); // only the newest are in the page; the line sends all of them again
  conversation.last = 0;
}

const ui = { unread: 0, seen: 0, sounds: false, name: room.name || "" };
/** @type {ReturnType<typeof setTimeout>|undefined} */
let typingTimer;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let signalTimer;

// What the line says -------------------------------------------------------------------------------------------------

/** @param {ServerFrame} frame */
function take(frame) {
  if (leaving()) {
    return;
  }
  if (frame.op === "said") {
    hear(frame);
  } else if (frame.op === "state") {
    change(frame);
  } else if (frame.op === "more") {
    socket.send({ op: "look", after: frame.after });
  } else if (frame.op === "typing") {
    showTyping(true);
  } else if (frame.op === "refused" && frame.to === "say" && frame.id) {
    refuse(frame.id, frame.code);
  }
}

/** @param {Said} said */
function hear(said) {
  const change = conversation.hear(said);
  if (change.look) {
    socket.send({ op: "look", after: conversation.last });
  }
  if (!change.added) {
    return;
  }
  log.hear(said);
  if (said.by !== "caller") {
    notices(said);
  }
}

/** @param {Said} said */
function notices(said) {
  showTyping(false);
  if (document.visibilityState === "hidden") {
    ui.unread += 1;
    entitle();
  }
  if (ui.sounds) {
    tone();
  }
  if (said.by === "line" && "mayBeAsked" in room) {
    askIfAsked();
  }
  tellSeen();
}

async function askIfAsked() {
  const stay = log.atEnd();
  if ((await fetchAsked(room.talk || "")) && stay) {
    part("asked").scrollIntoView();
  }
}

/** @param {State} frame */
function change(frame) {
  const before = conversation.state;
  conversation.state = frame.state;
  ui.name = frame.name || ui.name;
  stand(frame);
  if (frame.state !== "talking") {
    showTyping(false);
  }
  if (OPEN.includes(before) && !OPEN.includes(frame.state)) {
    plain.stop();
    part("ended").hidden = false;
    form.hidden = !composer.box.value;
    log.toEnd();
  }
  tellSeen();
}

/** Tell the other side how far this has been read; the caller is never told that they were read without an answer. */
function tellSeen() {
  const unseen = document.visibilityState === "visible" && conversation.last > ui.seen;
  if (unseen && IN_TALK.includes(conversation.state) && socket.send({ op: "seen", seq: conversation.last })) {
    ui.seen = conversation.last;
  }
}

/** @param {boolean} on */
function showTyping(on) {
  clearTimeout(typingTimer);
  const stay = log.atEnd();
  part("typing").hidden = !on;
  if (on) {
    part("typing").textContent = worded(words("typing"), { name: ui.name });
    typingTimer = setTimeout(() => showTyping(false), TYPING_LASTS);
  }
  if (stay) {
    log.toEnd();
  }
}

function entitle() {
  document.title = ui.unread ? worded(words("titleUnread"), { n: ui.unread }) : words("title");
}

// What is written ----------------------------------------------------------------------------------------------------

/**
 * @param {string} text
 * @returns {boolean} whether the words may leave the box: they stand in the list then
 */
function say(text) {
  notice("");
  if (isTooLong(text) || !OPEN.includes(conversation.state)) {
    complain(isTooLong(text) ? "too_long" : "not_open");
    return false;
  }
  const unsent = conversation.add(freshId(), text.trim(), Date.now());
  log.add(unsent);
  transmit(unsent);
  return true;
}

/** @param {Unsent} unsent */
function transmit(unsent) {
  if (!socket.send({ op: "say", id: unsent.id, text: unsent.text })) {
    plain.turn();
  }
}

function sayAgain() {
  conversation.unsent().forEach(transmit);
}

/**
 * @param {string} id
 * @param {string} code
 */
function refuse(id, code) {
  if (TRY_LATER.includes(code)) {
    setTimeout(sayAgain, AGAIN_AFTER);
    return;
  }
  if (conversation.refuse(id, code)) {
    complain(code);
    log.refused(id, () => {
      const back = conversation.takeBack(id);
      form.hidden = false;
      composer.put([composer.box.value, back].filter(Boolean).join("\n"));
      composer.box.focus();
    });
  }
}

/** What has no receipt after a while says so and can be sent again by hand. */
function watchPending() {
  for (const unsent of conversation.unsent()) {
    if (Date.now() - unsent.since >= LATE) {
      log.late(unsent.id, () => {
        socket.now();
        sayAgain();
      });
    }
  }
}

// How the line is ----------------------------------------------------------------------------------------------------

/** @param {string} sentence what is wrong with the line; nothing when all is well */
function signal(sentence) {
  clearTimeout(signalTimer);
  signalTimer = undefined;
  if (part("signal").textContent === sentence) {
    return; // said once is said
  }
  const stay = log.atEnd();
  part("signal").textContent = sentence;
  part("signal").hidden = !sentence;
  if (stay) {
    log.toEnd();
  }
}

function offline() {
  if (part("signal").textContent !== words("offline") && !signalTimer) {
    signalTimer = setTimeout(() => signal(words("offline")), SIGNAL_AFTER);
  }
}

/** The line knows this page no longer: another tab left, or too much time went by. Nothing said stays on the screen. */
function shut() {
  socket.stop();
  plain.stop();
  if (!composer.box.value && !conversation.unsent().length) {
    reload();
    return;
  }
  log.clear();
  part("refresh").hidden = false;
  signal(words("shut"));
}

/** @param {string} status of the socket */
function socketIs(status) {
  if (leaving()) {
    return;
  }
  if (status === "online") {
    plain.stop();
    signal("");
  } else if (status === "blocked") {
    plain.start();
  } else if (status === "shut") {
    shut();
  } else if (!plain.running) {
    offline();
  }
}

/** @param {string} status of the plain requests that stand in for the socket */
function plainIs(status) {
  if (leaving()) {
    return;
  }
  if (status === "online") {
    signal(words("plain"));
  } else if (status === "shut") {
    shut();
  } else {
    offline();
  }
}

// Binding ------------------------------------------------------------------------------------------------------------

// Another language is another page: what has no receipt yet comes along in the box.
form.addEventListener("submit", (event) => {
  if (event.submitter instanceof HTMLButtonElement && event.submitter.name === "in_language") {
    composer.put([...conversation.unsent().map((unsent) => unsent.text), composer.box.value].filter(Boolean).join("\n"));
  }
});

const composer = new Composer(form, {
  say,
  typing: () => conversation.state === "talking" && socket.send({ op: "typing" }),
});
const token = /** @type {HTMLInputElement} */ (form.querySelector("[name=csrfmiddlewaretoken]")).value;
const plain = new PlainLine(
  { talk: room.talk || "", thread: room.thread || "", token },
  { hear: take, status: plainIs, last: () => conversation.last, unsent: () => conversation.unsent() }
);
const socket = new Socket(room.socket || "", {
  hear: take,
  status: socketIs,
  missing: () => [{ op: "look", after: conversation.last }],
  unsent: () => conversation.unsent().map((unsent) => ({ op: "say", id: unsent.id, text: unsent.text })),
});

const sound = /** @type {HTMLButtonElement} */ (part("sound").querySelector("button"));
sound.addEventListener("click", () => {
  ui.sounds = !ui.sounds;
  sound.setAttribute("aria-pressed", String(ui.sounds));
  if (ui.sounds) {
    tone();
  }
});
part("sound").hidden = false;
part("refresh").hidden = true;

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    ui.unread = 0;
    entitle();
    tellSeen();
  }
});
addEventListener("leaving", () => {
  socket.stop();
  plain.stop();
});

bindSteps();
socket.open();
setInterval(watchPending, 1000);
if (IN_TALK.includes(conversation.state)) {
  log.toEnd();
}
