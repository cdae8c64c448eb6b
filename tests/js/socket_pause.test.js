/** Coming back grows slower with each failure, and not everybody comes back at once. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { pause } from "../../static/js/socket.js";

test("the first pause is half a second, then it doubles up to fifteen", () => {
  const longest = [1, 2, 3, 4, 5, 6, 60].map((tries) => pause(tries, () => 1));
  assert.deepEqual(longest, [500, 1000, 2000, 4000, 8000, 15000, 15000]);
});

test("each pause is spread over its second half, so that a thousand phones do not knock at once", () => {
  assert.equal(pause(6, () => 0), 7500);
  const many = Array.from({ length: 200 }, () => pause(6));
  assert.ok(Math.min(...many) >= 7500 && Math.max(...many) <= 15000);
  assert.ok(new Set(many).size > 100);
});
