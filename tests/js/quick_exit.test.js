/** Shift three times leaves; writing capitals never does; nothing waits for the line. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../static/js/quick_exit.js", import.meta.url), "utf8");

/** A page as far as the script needs one; `fetched` answers its request. */
function page({ fetched = () => new Promise(() => {}), keepalive = true, shared = false } = {}) {
  const left = [];
  const timers = [];
  const asked = [];
  const classes = new Set();
  const attributes = new Set();
  const target = new EventTarget();
  let now = 1000;
  class Element {}
  function Request() {}
  if (keepalive) {
    Request.prototype.keepalive = true;
  }
  const world = {
    Element,
    Request,
    Event,
    Promise,
    Date: { now: () => now },
    performance: { getEntriesByType: () => [] },
    location: { replace: (url) => left.push(url), reload: () => left.push("reload") },
    navigator: { sendBeacon: (url) => asked.push(["beacon", url]) },
    fetch: (url, options) => {
      asked.push([options.method, url, options.keepalive]);
      return fetched();
    },
    setTimeout: (act, wait) => timers.push({ act, wait }),
    clearTimeout: (id) => delete timers[id - 1],
    document: Object.assign(new EventTarget(), {
      documentElement: {
        classList: { add: (name) => classes.add(name), remove: (name) => classes.delete(name), toggle() {} },
        hasAttribute: (name) => attributes.has(name),
        setAttribute: (name) => attributes.add(name),
      },
      currentScript: {
        dataset: Object.assign({ exit: "https://neutral.example/", leave: "/hablar/salir/" }, shared && { shared: "" }),
      },
      visibilityState: "visible",
      body: { textContent: "mis palabras" },
    }),
    addEventListener: target.addEventListener.bind(target),
    dispatchEvent: target.dispatchEvent.bind(target),
  };
  world.window = world;
  vm.runInNewContext(SOURCE, world);
  const key = (type, name, more) => target.dispatchEvent(Object.assign(new Event(type), { key: name }, more));
  return {
    left,
    asked,
    timers,
    classes,
    body: world.document.body,
    leaving: () => attributes.has("data-leaving"),
    wait: (milliseconds) => {
      now += milliseconds;
    },
    press: (name) => {
      key("keydown", name);
      key("keyup", name);
    },
    key,
    hide: () => {
      world.document.visibilityState = "hidden";
      world.document.dispatchEvent(new Event("visibilitychange"));
    },
  };
}

test("Shift three times blanks the page at once, ends the session and leaves after 300 ms at most", () => {
  const one = page();
  ["Shift", "Shift", "Shift"].forEach(one.press);
  assert.equal(one.body.textContent, "");
  assert.ok(one.classes.has("is-leaving"));
  assert.deepEqual(one.asked, [["POST", "/hablar/salir/", true]]);
  assert.deepEqual(one.left, []);
  assert.equal(one.timers[0].wait, 300);
  one.timers[0].act();
  assert.deepEqual(one.left, ["https://neutral.example/"]);
});

test("it leaves at once when the line answers, and when it cannot be reached", async () => {
  for (const fetched of [() => Promise.resolve(), () => Promise.reject(new Error("no line"))]) {
    const one = page({ fetched });
    ["Shift", "Shift", "Shift"].forEach(one.press);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(one.left, ["https://neutral.example/"]);
  }
});

test("it leaves even when the request cannot be made at all", () => {
  const one = page({
    fetched: () => {
      throw new Error("forbidden");
    },
  });
  ["Shift", "Shift", "Shift"].forEach(one.press);
  assert.deepEqual(one.left, ["https://neutral.example/"]);
});

test("a browser without lasting requests sends a beacon", () => {
  const one = page({ keepalive: false });
  ["Shift", "Shift", "Shift"].forEach(one.press);
  assert.deepEqual(one.asked, [["beacon", "/hablar/salir/"]]);
});

test("a fourth press does not begin it again", () => {
  const one = page();
  ["Shift", "Shift", "Shift", "Shift", "Shift", "Shift"].forEach(one.press);
  assert.equal(one.asked.length, 1);
});

test("three presses over more than five seconds are no exit", () => {
  const one = page();
  one.press("Shift");
  one.wait(3000);
  one.press("Shift");
  one.wait(3000);
  one.press("Shift");
  assert.equal(one.leaving(), false);
});

test("capitals are no exit, however many", () => {
  const one = page();
  for (let count = 0; count < 6; count += 1) {
    one.key("keydown", "Shift");
    one.key("keydown", "A");
    one.key("keyup", "A");
    one.key("keyup", "Shift");
  }
  assert.equal(one.leaving(), false);
});

test("a letter between two presses begins the count anew", () => {
  const one = page();
  ["Shift", "Shift", "a", "Shift", "Shift"].forEach(one.press);
  assert.equal(one.leaving(), false);
  one.press("Shift");
  assert.equal(one.leaving(), true);
});

test("Shift held down repeats itself and counts once", () => {
  const one = page();
  one.key("keydown", "Shift");
  for (let count = 0; count < 9; count += 1) {
    one.key("keydown", "Shift", { repeat: true });
  }
  one.key("keyup", "Shift");
  assert.equal(one.leaving(), false);
});

test("the page's own scripts are told to be still", () => {
  const one = page();
  ["Shift", "Shift", "Shift"].forEach(one.press);
  assert.equal(one.leaving(), true);
});

test("a page on a telephone that others use stays covered once it was left", () => {
  const shared = page({ shared: true });
  shared.hide();
  assert.ok(shared.classes.has("is-away"));
  const own = page();
  own.hide();
  assert.equal(own.classes.has("is-away"), false);
});
