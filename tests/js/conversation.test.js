/** Nothing is lost, doubled or out of order, whatever order the line's words arrive in. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Conversation } from "../../static/js/conversation.js";

const said = (seq, id = "id-" + seq, by = "volunteer") => ({ op: "said", seq, id, by, text: "t" + seq, at: "2026-01-01T00:00:00.000Z" });

test("what comes in order is added once", () => {
  const talk = new Conversation();
  assert.equal(talk.hear(said(1)).added.said.text, "t1");
  assert.equal(talk.hear(said(1)).added, null);
  assert.equal(talk.hear(said(2)).added.said.text, "t2");
  assert.deepEqual(talk.items.map((one) => one.seq), [1, 2]);
  assert.equal(talk.last, 2);
});

test("a gap is not shown but asked for, and the answer fills it in order", () => {
  const talk = new Conversation();
  talk.hear(said(1));
  assert.deepEqual(talk.hear(said(4)), { added: null, look: true });
  [2, 3, 4].forEach((seq) => talk.hear(said(seq)));
  assert.deepEqual(talk.items.map((one) => one.seq), [1, 2, 3, 4]);
});

test("a page that shows seven messages already takes the eighth next", () => {
  const talk = new Conversation(7);
  assert.equal(talk.hear(said(7)).added, null);
  assert.equal(talk.hear(said(8)).look, false);
  assert.equal(talk.last, 8);
});

test("my words are pending until the line says them back under their id", () => {
  const talk = new Conversation();
  talk.add("mine", "hola", 100);
  assert.deepEqual(talk.unsent().map((one) => one.text), ["hola"]);
  assert.equal(talk.hear(said(1, "mine", "caller")).added.known, true);
  assert.deepEqual(talk.unsent(), []);
});

test("words of the other side under a new id are not taken for mine", () => {
  const talk = new Conversation();
  talk.add("mine", "hola");
  assert.equal(talk.hear(said(1)).added.known, false);
  assert.equal(talk.unsent().length, 1);
});

test("what is unsent goes out in the order it was written", () => {
  const talk = new Conversation();
  ["a", "b", "c"].forEach((id) => talk.add(id, id));
  talk.hear(said(1, "b", "caller"));
  assert.deepEqual(talk.unsent().map((one) => one.id), ["a", "c"]);
});

test("what the line refused is not sent again, and its words come back", () => {
  const talk = new Conversation();
  talk.add("mine", "muy largo");
  assert.equal(talk.refuse("mine", "too_long").code, "too_long");
  assert.deepEqual(talk.unsent(), []);
  assert.equal(talk.takeBack("mine"), "muy largo");
  assert.equal(talk.takeBack("mine"), "");
  assert.equal(talk.refuse("mine", "too_long"), null);
});

test("a pending message whose receipt hides behind a gap stays pending until the gap is filled", () => {
  const talk = new Conversation();
  talk.add("mine", "hola");
  talk.hear(said(2, "mine", "caller"));
  assert.equal(talk.unsent().length, 1);
  talk.hear(said(1));
  talk.hear(said(2, "mine", "caller"));
  assert.deepEqual(talk.unsent(), []);
});

test("a thousand shuffled and repeated words end up in order, each once", () => {
  const talk = new Conversation();
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  while (talk.last < 300) {
    const change = talk.hear(said(1 + Math.floor(random() * 300)));
    if (change.look) {
      for (let seq = talk.last + 1; seq <= Math.min(300, talk.last + 5); seq += 1) {
        talk.hear(said(seq));
      }
    }
  }
  assert.deepEqual(talk.items.map((one) => one.seq), Array.from({ length: 300 }, (_, at) => at + 1));
});
