/** The volunteer's desk: one socket for everything of mine; the page's parts bound to the state of the desk. */

import { announce } from "../announcer.js";
import { freshId } from "../conversation.js";
import { LONGEST_TEXT } from "../protocol.js";
import { Socket } from "../socket.js";
import { tone } from "../sound.js";
import { clone, worded } from "../templates.js";
import { createAlarm } from "../desk/alarm.js";
import { CarePanels } from "../desk/care_panels.js";
import { Desk, LIVE, OVER } from "../desk/desk_state.js";
import { endWithoutNote } from "../desk/endings.js";
import { Keyboard } from "../desk/keyboard.js";
import { LineBanner } from "../desk/line_banner.js";
import { ListView } from "../desk/list_view.js";
import { tellMarks, tellReminder } from "../desk/marks_aloud.js";
import { OffersView } from "../desk/offers_view.js";
import { PassingTold } from "../desk/passing.js";
import { PresenceView } from "../desk/presence_view.js";
import { remind } from "../desk/reminders.js";
import { facts, post } from "../desk/requests.js";
import { everySecond } from "../desk/seconds.js";
import { SideView } from "../desk/side_view.js";
import { Thread } from "../desk/thread.js";
import { part, say, wordsIn, wordsOf } from "../desk/words.js";

/**
 * @typedef {import("../desk/desk_state.js").Place} Place
 * @typedef {import("../desk/desk_state.js").Effect} Effect
 */

const OFFER_PITCH = 660; // hertz; the second tone is a fifth above
const MESSAGE_PITCH = 440;
const SAY_AGAIN = 10000; // milliseconds after which what is on its way is sent again, under the same id
const BEAT = 15; // seconds between two signs of life from a hidden tab
const ABOUT_EVERY = 30; // seconds after which what is known of the person is asked for again
const ONE_PART = matchMedia("(max-width: 47.49rem)");

const root = part(document, "#desk");
const skew = Date.parse(root.dataset.now || "") - Date.now() || 0;
const now = () => Date.now() + skew;
const spans = {
  seconds: root.dataset.spanSeconds || "",
  minutes: root.dataset.spanMinutes || "",
  hours: root.dataset.spanHours || "",
};

const desk = new Desk();
/** @type {Map<string, Thread>} */
const threads = new Map();
/** @type {Map<string, SideView>} */
const sides = new Map();
/** @type {Map<string, number>} */
const sentAt = new Map();
/** @type {Map<string, number>} */
const seenTold = new Map();
const passing = new PassingTold({ notice, follow: (place) => post(root.dataset.followUrl || "", [["contact", place.contact]]) });
let active = "";
let accepting = ""; // the contact of an offer that was accepted just now
let ticks = 0;
let pendingKnown = false;

// Parts ------------------------------------------------------------------------------------------------------------

const list = new ListView(part(root, "[data-places]"), spans, (contact) => select(contact, { focus: true }));
const presence = new PresenceView(part(root, "[data-presence]"), {
  ready: () => send({ op: "ready" }),
  away: () => send({ op: "away" }),
  offerSound,
});
const offers = new OffersView(part(root, "[data-offers]"), part(root, "[data-alert]"), spans, {
  accept: (offer) => {
    accepting = offer.contact;
    send(desk.answer(offer.offer, "accept"));
    ring();
  },
  decline: (offer) => send(desk.answer(offer.offer, "decline")),
});
const alarm = createAlarm({ play: offerSound });
const banner = new LineBanner(root, reconnect);
const care = new CarePanels(root);
new Keyboard(root, /** @type {HTMLDialogElement} */ (part(document, "#help")), pressed);
let socket = newSocket();

async function offerSound() {
  const heard = await tone(OFFER_PITCH);
  setTimeout(() => tone(OFFER_PITCH * 1.5), 220);
  return heard;
}

function newSocket() {
  return new Socket(root.dataset.socket || "", {
    hear: (frame) => desk.hear(frame, now()).forEach(follow),
    status: lineIs,
    missing,
    unsent,
  });
}

/**
 * @param {object} frame
 * @returns {boolean}
 */
function send(frame) {
  return socket.send(frame);
}

/** What to ask for, on opening and with each beat: every contact from where I stand, or everything of mine. */
function missing() {
  const known = Array.from(desk.places.values()).filter((place) => LIVE.concat(OVER).includes(place.state));
  const looks = known.map((place) => ({ op: "look", contact: place.contact, after: place.talk.last }));
  return looks.length ? looks : [{ op: "look", after: 0 }];
}

function unsent() {
  const frames = [];
  for (const place of desk.places.values()) {
    for (const one of place.talk.unsent()) {
      frames.push(sayFrame(place, one));
    }
  }
  return frames;
}

/**
 * @param {Place} place
 * @param {import("../conversation.js").Unsent} one
 */
function sayFrame(place, one) {
  sentAt.set(one.id, now());
  return { op: "say", contact: place.contact, id: one.id, text: one.text };
}

// What the line says -----------------------------------------------------------------------------------------------

/** @param {Effect} effect */
function follow(effect) {
  switch (effect.kind) {
    case "look":
      send({ op: "look", contact: effect.contact, after: effect.after });
      break;
    case "place":
      stands(effect.place, effect.before);
      break;
    case "said":
      said(effect.place, effect.said, effect.known);
      break;
    case "seen":
      thread(effect.place).seen();
      break;
    case "idle":
      thread(effect.place).restore(draftKept);
      break;
    case "presence":
      presence.draw(effect.state, effect.reason);
      break;
    case "offer":
      if (effect.offer.answer) {
        send(desk.answer(effect.offer.offer, effect.offer.answer)); // it still stands: the line did not hear the answer
      } else {
        presence.notify();
      }
      break;
    case "offer_gone":
      offerGone(effect.reason);
      break;
    case "refused":
      refused(effect);
      break;
  }
  draw();
}

/**
 * @param {Place} place
 * @param {string} before
 */
function stands(place, before) {
  const shown = thread(place);
  if (LIVE.includes(place.state) && !place.part) {
    desk.taken(place.contact);
  }
  if (before) {
    tellMarks(place, shown, list.name(place.contact));
    const passed = shown.passed;
    const changed = before !== place.state || shown.urgency !== place.urgency || shown.marked !== place.marked;
    shown.stands();
    if (changed || passed !== shown.passed) {
      side(place).stands();
    }
    if (LIVE.includes(before) && OVER.includes(place.state)) {
      care.over(place.contact);
    }
  }
  passing.stands(place);
  if (place.closing && OVER.includes(place.state)) {
    putAway(place);
    return;
  }
  const mine = accepting === place.contact && LIVE.includes(place.state);
  if (mine) {
    accepting = "";
  }
  if (mine || (!active && !ONE_PART.matches)) {
    select(place.contact, { focus: mine });
  }
}

/**
 * @param {Place} place
 * @param {import("../protocol.js").Said} message
 * @param {boolean} known
 */
function said(place, message, known) {
  const news = message.by === "caller" && message.seq > place.read && Date.parse(message.at) >= now() - 60000;
  thread(place).said(message, known);
  sentAt.delete(message.id);
  if (message.by === "line") {
    side(place).lineSaid();
  }
  if (!news) {
    return; // old news is drawn, not told
  }
  const words = part(templateOf("spoken-new"), "[data-words]");
  const here = place.contact === active;
  announce(wordsOf(words, here ? "words" : "elsewhere", { text: message.text, name: list.name(place.contact) }));
  if (message.seq > place.read && !presence.muted) {
    tone(MESSAGE_PITCH); // for who does not look at it
  }
}

/** @param {string} id */
function templateOf(id) {
  const template = document.getElementById(id);
  return template instanceof HTMLTemplateElement ? template.content : document;
}

/** @param {string} reason */
function offerGone(reason) {
  accepting = "";
  notice(wordsIn("gone-" + reason));
}

/** @param {Effect & {kind: "refused"}} effect */
function refused(effect) {
  const { place, code, to, id } = effect;
  if (to === "accept" || to === "decline") {
    if (!desk.answered()) {
      return; // said twice, and taken the first time
    }
    accepting = "";
    desk.offers.clear();
    send({ op: "look", after: 0 });
    notice(wordsIn("refused-" + code));
  } else if (to === "ready") {
    notice(wordsIn(code === "not_yours" ? "refused-ready" : "refused-" + code));
  } else if (to === "say" && place && id && !effect.later) {
    thread(place).refused(id, code);
  } else if (to === "leave" && !effect.later) {
    notice(wordsIn("refused-" + code));
  }
}

/**
 * Something to know, until it is closed or the next one comes.
 *
 * @param {string} text
 * @param {string} [href]
 */
function notice(text, href) {
  if (!text) {
    return;
  }
  const shown = clone("notice", { text });
  part(shown, "[data-close]").addEventListener("click", () => shown.remove());
  const link = part(shown, "[data-link]");
  if (href) {
    link.setAttribute("href", href);
    link.hidden = false;
  }
  part(root, "[data-notices]").replaceChildren(shown);
}

// The line itself --------------------------------------------------------------------------------------------------

/** @param {import("../socket.js").Status} status */
function lineIs(status) {
  if (status !== "online") {
    presence.draw("unknown", "");
  } else if (!pendingKnown) {
    openPending();
  }
  banner.draw(status);
}

/** Try again after the session ended: somebody may have signed in, in another tab. */
function reconnect() {
  if (socket.status === "shut") {
    socket = newSocket();
    socket.open();
  }
}

// My words ---------------------------------------------------------------------------------------------------------

/**
 * @param {Place} place
 * @param {string} text
 * @returns {boolean} whether the words may leave the box: they stand in the log then
 */
function speak(place, text) {
  const long = Array.from(text.trim()).length > LONGEST_TEXT;
  if (long || !LIVE.includes(place.state)) {
    thread(place).complain(long ? "too_long" : "not_open");
    return false;
  }
  const one = place.talk.add(freshId(), text.trim(), now());
  thread(place).pending(one);
  send(sayFrame(place, one));
  draw();
  return true;
}

function sayAgain() {
  for (const place of desk.places.values()) {
    for (const one of place.talk.unsent()) {
      if (now() - (sentAt.get(one.id) || 0) > SAY_AGAIN) {
        send(sayFrame(place, one));
      }
    }
  }
}

/** @param {Place} place */
function looked(place) {
  if (document.visibilityState !== "visible" || !document.hasFocus() || place.contact !== active) {
    return;
  }
  place.read = Math.max(place.read, place.talk.last);
  const told = seenTold.get(place.contact) || 0;
  if (place.read > told && LIVE.includes(place.state) && send({ op: "seen", contact: place.contact, seq: place.read })) {
    seenTold.set(place.contact, place.read);
  }
  draw();
}

/** @param {Place} place */
function draftKept(place) {
  return facts(root.dataset.draftUrl + "?contact=" + place.contact);
}

/**
 * @param {string|undefined} address  of the page, made for nobody
 * @param {string} id
 * @returns {string} the same address for this id
 */
function at(address, id) {
  return (address || "").replace("00000000-0000-0000-0000-000000000000", id);
}

const endings = {
  over: (/** @type {Place} */ place) => desk.places.has(place.contact) && OVER.includes(place.state) && putAway(place),
  notice,
  show: (/** @type {HTMLElement} */ shown) => part(root, "[data-notices]").replaceChildren(shown),
  pause: () => send({ op: "away" }),
};

// One conversation and its side ------------------------------------------------------------------------------------

/**
 * @param {Place} place
 * @returns {Thread}
 */
function thread(place) {
  const known = threads.get(place.contact);
  if (known) {
    return known;
  }
  const made = new Thread(place, {
    say: speak,
    typing: () => send({ op: "typing", contact: place.contact }),
    end: () => send({ op: "leave", contact: place.contact }),
    endWithoutNote: (_place, ending) => endWithoutNote(root.dataset.endUrl || "", place, ending, endings),
    asked: (_place, how) => {
      const fields = /** @type {[string, string][]} */ ([["contact", place.contact], ["how", how]]);
      side(place).answer(post(root.dataset.askedUrl || "", fields));
    },
    done: putAway,
    note: () => toNote(place.contact),
    looked,
    keepDraft: (_place, text) =>
      post(root.dataset.draftUrl || "", [
        ["contact", place.contact],
        ["text", text],
      ]),
    passing: () => root.dataset.passUrl + "?contact=" + place.contact,
    keepNote: async () => {
      const { note } = side(place);
      return note ? note.flush() : true;
    },
    shut: () => socket.status !== "shut" && socket.now(),
  });
  threads.set(place.contact, made);
  part(root, "[data-talks]").append(made.root);
  return made;
}

/**
 * @param {Place} place
 * @returns {SideView}
 */
function side(place) {
  const known = sides.get(place.contact);
  if (known) {
    return known;
  }
  const note = at(root.dataset.noteUrl, place.contact);
  const made = new SideView(
    place,
    {
      about: root.dataset.aboutUrl + "?contact=" + place.contact,
      level: root.dataset.levelUrl + "?contact=" + place.contact,
      plan: root.dataset.planUrl + "?contact=" + place.contact,
      agreed: root.dataset.agreedUrl + "?contact=" + place.contact,
      note,
    },
    {
      remind: (_place, due) => {
        if (thread(place).remind(due)) {
          tellReminder(list.name(place.contact));
        }
      },
      askConsent: async () => {
        await post(root.dataset.consentUrl || "", [["contact", place.contact]]);
      },
      noted: (_place, kept) => {
        care.noted(place.contact, OVER.includes(place.state), kept);
        place.noted = true;
        thread(place).stands();
        if (OVER.includes(place.state)) {
          putAway(place);
          notice(wordsIn("note-kept"), at(root.dataset.caseUrl, kept.case));
        }
        draw();
      },
      changed: () => {
        const panel = made.note;
        place.noted = Boolean(panel && panel.revision > 0 && !panel.drafted);
        thread(place).stands();
        draw();
      },
      shut: () => socket.status !== "shut" && socket.now(),
      put: (_place, words) => {
        view("talk");
        thread(place).suggest(words);
      },
    },
  );
  sides.set(place.contact, made);
  part(root, "[data-sides]").append(made.root);
  return made;
}

/** @param {Place} place */
async function putAway(place) {
  const { contact } = place;
  const shown = thread(place);
  const beside = side(place);
  await Promise.all([shown.saver.flush(), beside.note ? beside.note.flush() : true]);
  desk.forget(contact);
  passing.forget(contact);
  shown.root.remove();
  threads.delete(contact);
  beside.close();
  sides.delete(contact);
  if (active === contact) {
    active = "";
    const next = desk.inOrder()[0];
    if (next && !ONE_PART.matches) {
      select(next.contact, {});
    } else {
      view("list");
    }
  }
  draw();
}

/**
 * @param {string} contact
 * @param {{ focus?: boolean }} how
 */
function select(contact, how) {
  const place = desk.place(contact);
  if (!place) {
    return;
  }
  active = contact;
  view("talk");
  threads.forEach((one, id) => one.show(id === contact));
  side(place);
  sides.forEach((one, id) => one.show(id === contact));
  looked(place);
  if (how.focus) {
    thread(place).focus();
  }
  draw();
}

/** @param {string} contact */
function toNote(contact) {
  const place = desk.place(contact);
  if (place) {
    view("side");
    side(place).focusNote();
  }
}

/** @param {"list"|"talk"|"side"} name */
function view(name) {
  root.dataset.view = name;
  root.querySelectorAll("[data-to]").forEach((tab) => {
    tab.setAttribute("aria-pressed", String(tab instanceof HTMLElement && tab.dataset.to === name));
  });
  const place = desk.place(active);
  if (name === "talk" && place) {
    thread(place).composer.grow();
    thread(place).toEnd();
  }
}

// Drawing ----------------------------------------------------------------------------------------------------------

function draw() {
  const at = now();
  const longest = desk.longest();
  list.draw(desk.inOrder(), { active, longest: longest && desk.places.size > 1 ? longest.contact : "", now: at });
  offers.draw(Array.from(desk.offers.values()), at);
  threads.forEach((one) => one.shiftEnds(desk.shiftEnds, at));
  part(root, "[data-empty]").hidden = desk.places.size > 0;
  root.querySelectorAll("[data-blank]").forEach((blank) => blank.toggleAttribute("hidden", active !== ""));
  const count = desk.count();
  const badge = part(root, "[data-tab-count]");
  badge.hidden = count === 0;
  say(badge, String(count));
  const title = desk.offers.size ? "titleOffer" : count ? "titleCount" : "title";
  const words = worded(root.dataset[title] || "", { n: count });
  if (document.title !== words) {
    document.title = words;
  }
  ring();
}

/** Sound while an offer waits for an answer, and not a moment longer. */
function ring() {
  const open = Array.from(desk.offers.values()).some((offer) => offer.contact !== accepting);
  alarm.set(open && !presence.muted);
  if (!open) {
    presence.unnotify();
  }
}

/** A second has passed; told by a worker, because a desk in a hidden tab must go on saying that somebody is there. */
function tick() {
  ticks += 1;
  if (ticks % BEAT === 0 && document.visibilityState === "hidden") {
    socket.look();
    socket.open();
  }
  if (ticks % ABOUT_EVERY === 0 && document.visibilityState === "visible") {
    const place = desk.place(active);
    if (place && LIVE.includes(place.state)) {
      side(place).tellAbout();
    }
  }
  desk.lapse(now()).forEach(follow);
  threads.forEach((one) => one.tick(now()));
  sayAgain();
  draw();
}

// Keys and pages ---------------------------------------------------------------------------------------------------

/** @param {import("../desk/shortcuts.js").Act} act */
function pressed(act) {
  if (act === "next" || act === "previous") {
    select(desk.beside(active, act === "next" ? 1 : -1), { focus: true });
  } else if (act === "note") {
    toNote(active);
  } else if (act === "reply" && desk.places.has(active)) {
    view("talk");
    thread(/** @type {Place} */ (desk.place(active))).focus();
  }
}

/** Conversations that ended before this page was opened and still lack their note. */
async function openPending() {
  pendingKnown = true;
  const answer = await facts(root.dataset.pendingUrl || "");
  pendingKnown = answer.reached !== "failed"; // asked again once the line is heard
  for (const one of answer.facts.pending || []) {
    if (!desk.places.has(one.contact)) {
      const place = desk.open(one.contact, one.state, one.urgency);
      place.practice = Boolean(one.practice);
      stands(place, "");
      send({ op: "look", contact: place.contact, after: 0 });
    }
  }
  draw();
}

function keepAll() {
  threads.forEach((one) => one.saver.flush());
  sides.forEach((one) => one.note && one.note.flush());
}

function comeBack() {
  const place = desk.place(active);
  if (document.visibilityState === "visible") {
    reconnect();
    if (place) {
      thread(place).looked();
    }
  } else {
    keepAll();
  }
}

document.addEventListener("visibilitychange", comeBack);
addEventListener("focus", comeBack);
addEventListener("pagehide", keepAll);
addEventListener("beforeunload", (event) => {
  const lost = Array.from(threads.values()).some((one) => one.saver.dirty) || Array.from(sides.values()).some((one) => one.note && one.note.dirty);
  if (lost && socket.status !== "online") {
    event.preventDefault(); // what is written is nowhere but on this page
  }
});
root.querySelectorAll("[data-to]").forEach((tab) => {
  tab.addEventListener("click", () => {
    if (tab instanceof HTMLElement) {
      view(/** @type {"list"|"talk"|"side"} */ (tab.dataset.to));
    }
  });
});

socket.open();
everySecond(root.dataset.ticker || "", tick);
remind(part(root, "[data-reflection]"), root.dataset.reflectionUrl || "");
remind(part(root, "[data-practised]"), root.dataset.practisedUrl || "");
draw();
