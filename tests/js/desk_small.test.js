import assert from "node:assert/strict";
import { test } from "node:test";
import { createAlarm } from "../../static/js/desk/alarm.js";
import { actOf } from "../../static/js/desk/shortcuts.js";
import { spanOf } from "../../static/js/desk/spans.js";

const PRESS = { code: "", key: "", altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
const NOW = { on: true, writing: false };

test("Alt and a letter move between conversations, to the note and to the reply", () => {
  const acts = ["KeyJ", "KeyK", "KeyN", "KeyL"].map((code) => actOf({ ...PRESS, code, altKey: true }, NOW));
  assert.deepEqual(acts, ["next", "previous", "note", "reply"]);
});

test("AltGr and Ctrl+Alt write letters and are no shortcuts", () => {
  assert.equal(actOf({ ...PRESS, code: "KeyJ", altKey: true, ctrlKey: true }, NOW), null);
  assert.equal(actOf({ ...PRESS, code: "KeyJ", altKey: true, altGraph: true }, NOW), null);
});

test("a question mark asks for help, except where somebody is writing", () => {
  assert.equal(actOf({ ...PRESS, key: "?", shiftKey: true }, NOW), "help");
  assert.equal(actOf({ ...PRESS, key: "?", shiftKey: true }, { on: true, writing: true }), null);
});

test("with the switch off only Escape does something", () => {
  const off = { on: false, writing: false };
  assert.equal(actOf({ ...PRESS, code: "KeyJ", altKey: true }, off), null);
  assert.equal(actOf({ ...PRESS, key: "?" }, off), null);
  assert.equal(actOf({ ...PRESS, key: "Escape" }, off), "close");
});

test("a key pressed while composing a letter is no shortcut", () => {
  assert.equal(actOf({ ...PRESS, code: "KeyJ", altKey: true, isComposing: true }, NOW), null);
});

test("the alarm repeats while something waits and is silent at once after", () => {
  const timers = [];
  const heard = [];
  const alarm = createAlarm({
    play: () => heard.push("tone"),
    hush: () => heard.push("hush"),
    schedule: (run) => timers.push(run),
    cancel: () => timers.splice(0),
  });
  alarm.set(true);
  alarm.set(true);
  assert.deepEqual(heard, ["tone"]);
  timers.shift()();
  assert.deepEqual(heard, ["tone", "tone"]);
  alarm.set(false);
  alarm.set(false);
  assert.deepEqual(heard, ["tone", "tone", "hush"]);
  assert.equal(timers.length, 0);
});

test("spans are as coarse as a glance", () => {
  const words = { seconds: "%n% s", minutes: "%n% min", hours: "%h% h %n% min" };
  assert.equal(spanOf(0, words), "0 s");
  assert.equal(spanOf(59.9, words), "59 s");
  assert.equal(spanOf(60, words), "1 min");
  assert.equal(spanOf(3_540, words), "59 min");
  assert.equal(spanOf(3_900, words), "1 h 05 min");
  assert.equal(spanOf(-5, words), "0 s");
});
