/** A message is measured before it is sent: one frame too long would cut the conversation. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { LONGEST_FRAME, LONGEST_TEXT, isTooLong } from "../../static/js/protocol.js";

const frame = (text) => JSON.stringify({ op: "say", id: "00000000-0000-4000-8000-000000000000", text });

test("four thousand characters fit and one more does not, however wide they are", () => {
  for (const one of ["a", "ñ", "한", "𝄞"]) {
    assert.equal(isTooLong(one.repeat(LONGEST_TEXT)), false, one);
    assert.equal(isTooLong(one.repeat(LONGEST_TEXT + 1)), true, one);
  }
});

test("white space at both ends does not count", () => {
  assert.equal(isTooLong("  " + "a".repeat(LONGEST_TEXT) + "\n"), false);
});

test("whatever is let through fits into one frame", () => {
  for (const one of ["𝄞", "\u0001", "\n", '"']) {
    const text = one.repeat(LONGEST_TEXT);
    if (!isTooLong(text)) {
      assert.ok(new TextEncoder().encode(frame(text.trim())).length <= LONGEST_FRAME);
    }
  }
  assert.equal(isTooLong("\u0001".repeat(LONGEST_TEXT)), true);
});
