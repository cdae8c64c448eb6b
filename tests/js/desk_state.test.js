import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk, draftOf, restored, unreadOf, waitsSince } from "../../static/js/desk/desk_state.js";

const ANA = "00000000-0000-4000-8000-00000000000a";
const LUZ = "00000000-0000-4000-8000-00000000000b";
const OFFER = "00000000-0000-4000-8000-00000000000f";
const at = (second) => new Date(Date.UTC(2026, 0, 1, 20, 0, second)).toISOString();
const said = (contact, seq, by, second, more) => ({
  op: "said", contact, seq, id: `${contact}-${seq}`, by, text: `${by} ${seq}`, at: at(second), ...more,
});
const state = (contact, name, more) => ({ op: "state", contact, state: name, urgency: "C", last: 0, ...more });
const kinds = (effects) => effects.map((effect) => effect.kind);

function desk(...frames) {
  const made = new Desk();
  for (const frame of frames) made.hear(frame, 0);
  return made;
}

test("a contact that is new to the desk gets a place and is looked at from its beginning", () => {
  const made = new Desk();
  const effects = made.hear(state(ANA, "talking", { last: 4 }), 0);
  assert.deepEqual(kinds(effects), ["place", "look"]);
  assert.equal(effects[1].after, 0);
});

test("a contact that waits and was never mine takes no place", () => {
  assert.deepEqual(desk().hear(state(ANA, "waiting"), 0), []);
});

test("a gap is not drawn over but asked for", () => {
  const made = desk(state(ANA, "talking"), said(ANA, 1, "line", 1));
  assert.deepEqual(made.hear(said(ANA, 3, "caller", 3), 0), [{ kind: "look", contact: ANA, after: 1 }]);
});

test("the same message heard twice is drawn once", () => {
  const made = desk(state(ANA, "talking"), said(ANA, 1, "caller", 1));
  assert.deepEqual(made.hear(said(ANA, 1, "caller", 1), 0), []);
});

test("unread are the caller's messages after what I read; my answer counts as reading", () => {
  const made = desk(state(ANA, "talking"), said(ANA, 1, "line", 1), said(ANA, 2, "caller", 2), said(ANA, 3, "caller", 3));
  assert.equal(unreadOf(made.place(ANA)), 2);
  assert.equal(made.count(), 2);
  made.hear(said(ANA, 4, "volunteer", 4), 0);
  assert.equal(unreadOf(made.place(ANA)), 0);
});

test("somebody waits since their first word after my last one", () => {
  const made = desk(
    state(ANA, "talking"), said(ANA, 1, "line", 1), said(ANA, 2, "volunteer", 2), said(ANA, 3, "caller", 30), said(ANA, 4, "caller", 50),
  );
  assert.equal(waitsSince(made.place(ANA)), Date.parse(at(30)));
});

test("who was not greeted yet waits since somebody came, not since the queue", () => {
  const made = desk(state(ANA, "talking"), said(ANA, 1, "caller", 1), said(ANA, 2, "line", 40), said(ANA, 3, "caller", 45));
  assert.equal(waitsSince(made.place(ANA)), Date.parse(at(40)));
});

test("after my answer, or in a pause, nobody waits for me", () => {
  const made = desk(state(ANA, "talking"), said(ANA, 1, "caller", 1), said(ANA, 2, "volunteer", 2));
  assert.equal(waitsSince(made.place(ANA)), null);
  made.hear(said(ANA, 3, "caller", 3), 0);
  made.hear(state(ANA, "asleep"), 0);
  assert.equal(waitsSince(made.place(ANA)), null);
});

test("the longest wait is found among several conversations", () => {
  const made = desk(
    state(ANA, "talking"), said(ANA, 1, "volunteer", 1), said(ANA, 2, "caller", 30),
    state(LUZ, "talking"), said(LUZ, 1, "volunteer", 1), said(LUZ, 2, "caller", 10),
  );
  assert.equal(made.longest().contact, LUZ);
});

test("conversations keep their order, those that are over come last", () => {
  const made = desk(state(ANA, "talking"), state(LUZ, "talking"));
  assert.deepEqual(made.inOrder().map((place) => place.contact), [ANA, LUZ]);
  made.hear(state(ANA, "ended"), 0);
  assert.deepEqual(made.inOrder().map((place) => place.contact), [LUZ, ANA]);
  assert.equal(made.beside(LUZ, 1), ANA);
  assert.equal(made.beside(ANA, 1), LUZ);
  assert.equal(made.beside("", 1), LUZ);
});

test("an offer counts down on this page's clock and counts in the title", () => {
  const made = new Desk();
  const [effect] = made.hear({ op: "offer", offer: OFFER, contact: ANA, urgency: "A", waited: 90, until: 25 }, 1_000_000);
  assert.equal(effect.offer.until, 1_025_000);
  assert.equal(effect.offer.waitedSince, 910_000);
  assert.equal(made.count(), 1);
});

test("an offer that is gone is told with its reason and counts no more", () => {
  const made = desk({ op: "offer", offer: OFFER, contact: ANA, urgency: "A", waited: 0, until: 25 });
  const [effect] = made.hear({ op: "offer_gone", offer: OFFER, reason: "taken" }, 0);
  assert.equal(effect.reason, "taken");
  assert.equal(made.count(), 0);
});

test("an offer that ran out while the line was away does not ring for ever", () => {
  const made = desk({ op: "offer", offer: OFFER, contact: ANA, urgency: "A", waited: 0, until: 25 });
  assert.deepEqual(made.lapse(26_000), []);
  assert.deepEqual(kinds(made.lapse(28_000)), ["offer_gone"]);
  assert.equal(made.offers.size, 0);
});

test("an answer is kept with its offer until the line says what became of it", () => {
  const offer = { op: "offer", offer: OFFER, contact: ANA, urgency: "A", waited: 0, until: 25 };
  const made = desk(offer);
  assert.equal(made.answered(), false);
  assert.deepEqual(made.answer(OFFER, "accept"), { op: "accept", offer: OFFER });
  const [again] = made.hear(offer, 0);
  assert.equal(again.offer.answer, "accept");
  assert.equal(made.answered(), true);
  made.taken(ANA);
  assert.equal(made.answered(), false);
});

test("the offer of a contact that became mine goes without a word", () => {
  const made = desk({ op: "offer", offer: OFFER, contact: ANA, urgency: "A", waited: 0, until: 25 });
  made.taken(ANA);
  assert.equal(made.offers.size, 0);
});

test("a refused message is final unless it may be tried later", () => {
  const made = desk(state(ANA, "talking"));
  made.place(ANA).talk.add("id-1", "hola");
  const [later] = made.hear({ op: "refused", code: "not_saved", to: "say", id: "id-1", contact: ANA }, 0);
  assert.equal(later.later, true);
  assert.equal(made.place(ANA).talk.unsent().length, 1);
  const [final] = made.hear({ op: "refused", code: "not_open", to: "say", id: "id-1" }, 0);
  assert.equal(final.later, false);
  assert.equal(final.place.contact, ANA);
  assert.equal(made.place(ANA).talk.unsent().length, 0);
});

test("a conversation that was given to somebody else is told as gone back to the queue", () => {
  const made = desk(state(ANA, "talking"));
  const [effect] = made.hear({ op: "refused", code: "not_yours", to: "look", contact: ANA }, 0);
  assert.equal(effect.kind, "place");
  assert.equal(made.place(ANA).state, "waiting");
});

test("only the caller's typing and reading are shown", () => {
  const made = desk(state(ANA, "talking"), said(ANA, 1, "volunteer", 1));
  made.hear({ op: "typing", contact: ANA, by: "caller" }, 5_000);
  assert.equal(made.place(ANA).typingUntil, 11_000);
  made.hear(said(ANA, 2, "caller", 2), 5_100);
  assert.equal(made.place(ANA).typingUntil, 0);
  made.hear({ op: "seen", contact: ANA, by: "caller", seq: 1 }, 0);
  assert.equal(made.place(ANA).seen, 1);
  assert.deepEqual(made.hear({ op: "seen", contact: ANA, by: "volunteer", seq: 2 }, 0), []);
});

test("the draft holds what is on its way too, so that a closed tab loses nothing", () => {
  const made = desk(state(ANA, "talking"));
  made.place(ANA).talk.add("id-1", "ya enviado");
  assert.equal(draftOf(made.place(ANA), "a medias"), "ya enviado\n\na medias");
  assert.equal(draftOf(made.place(ANA), "  "), "ya enviado");
});

test("a draft whose words were said after all is not put back into the box", () => {
  const made = desk(state(ANA, "talking"), said(ANA, 1, "volunteer", 1, { text: "hola" }));
  assert.equal(restored(made.place(ANA), "hola"), "");
  assert.equal(restored(made.place(ANA), "hola otra vez"), "hola otra vez");
  assert.equal(restored(made.place(ANA), "hola\n\na medio escribir"), "a medio escribir");
});

test("what this version of the page does not know changes nothing", () => {
  assert.deepEqual(desk().hear({ op: "novelty", contact: ANA }, 0), []);
});

test("a conversation that I passed on is no longer one in which somebody waits for me", () => {
  const made = desk(state(ANA, "talking", { name: "Rosa" }), said(ANA, 1, "line", 1));
  assert.equal(waitsSince(made.place(ANA)), Date.parse(at(1)));
  made.hear(state(ANA, "talking", { name: "Luis", part: "companion" }), 0);
  assert.equal(waitsSince(made.place(ANA)), null);
  const [gone] = made.hear(state(ANA, "talking", { name: "Luis", part: "gone", last: 9 }), 0);
  assert.deepEqual([gone.place.state, gone.place.name, gone.place.part], ["passed", "Luis", ""]);
});

test("a conversation of another that this page never knew takes no place", () => {
  assert.deepEqual(desk().hear(state(ANA, "talking", { part: "gone" }), 0), []);
});

test("what a colleague says has not been read by me", () => {
  const made = desk(state(ANA, "talking"), said(ANA, 1, "caller", 1), said(ANA, 2, "volunteer", 2, { other: true }));
  assert.equal(unreadOf(made.place(ANA)), 1);
});

test("an offer of what somebody passes on names them, and stays while I am its companion", () => {
  const made = desk(state(ANA, "talking", { name: "Luis", part: "companion" }));
  made.hear({ op: "offer", offer: OFFER, contact: ANA, urgency: "C", waited: 90, until: 60, from: "Luis" }, 0);
  assert.equal(made.offers.get(OFFER).from, "Luis");
});
