import assert from "node:assert/strict";
import { test } from "node:test";
import { createAutosaver } from "../../static/js/desk/autosave.js";

/** A clock whose timers run when it is moved; promises settle in between. */
function clock() {
  let time = 0;
  let next = 1;
  const timers = new Map();
  return {
    now: () => time,
    schedule: (run, after) => {
      timers.set(next, { at: time + after, run });
      return next++;
    },
    cancel: (id) => timers.delete(id),
    async move(by) {
      const until = time + by;
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= until).sort((a, b) => a[1].at - b[1].at)[0];
        if (!due) break;
        time = due[1].at;
        timers.delete(due[0]);
        due[1].run();
        await settle();
      }
      time = until;
      await settle();
    },
  };
}

async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

function saver(answers = []) {
  const time = clock();
  const saved = [];
  const told = [];
  const made = createAutosaver({
    save: async (value) => {
      saved.push(value);
      const answer = answers.length ? answers.shift() : { kept: true };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    tell: (status) => told.push(status),
    ...time,
  });
  return { time, saved, told, made };
}

test("what is written is saved once, after a pause", async () => {
  const { time, saved, made } = saver();
  made.changed("h");
  made.changed("ho");
  made.changed("hola");
  await time.move(1100);
  assert.deepEqual(saved, []);
  await time.move(200);
  assert.deepEqual(saved, ["hola"]);
  await time.move(60000);
  assert.deepEqual(saved, ["hola"]);
});

test("somebody who never pauses is saved all the same", async () => {
  const { time, saved, made } = saver();
  for (let letter = 1; letter <= 20; letter += 1) {
    made.changed("a".repeat(letter));
    await time.move(800);
  }
  assert.ok(saved.length >= 1);
});

test("a failure keeps the text and tries again, ever more slowly, until it is kept", async () => {
  const { time, saved, told, made } = saver([new Error("no network"), { kept: false }, { kept: true }]);
  made.changed("nota");
  await time.move(1200);
  assert.equal(made.dirty, true);
  await time.move(2000);
  await time.move(4000);
  assert.deepEqual(saved, ["nota", "nota", "nota"]);
  assert.equal(made.dirty, false);
  assert.equal(told.at(-1), "saved");
});

test("what is written while a save runs is saved next", async () => {
  const time = clock();
  const saved = [];
  let finish;
  const made = createAutosaver({
    save: (value) => {
      saved.push(value);
      return new Promise((resolve) => {
        finish = () => resolve({ kept: true });
      });
    },
    ...time,
  });
  made.changed("uno");
  await time.move(1200);
  made.changed("uno y dos");
  await time.move(5000);
  assert.deepEqual(saved, ["uno"]);
  finish();
  await settle();
  await time.move(1200);
  assert.deepEqual(saved, ["uno", "uno y dos"]);
});

test("a final refusal is told and not repeated until the text changes", async () => {
  const { time, saved, told, made } = saver([{ kept: false, final: true, problem: "largo" }]);
  made.changed("demasiado");
  await time.move(90000);
  assert.deepEqual(saved, ["demasiado"]);
  assert.equal(told.at(-1), "refused");
  made.changed("menos");
  await time.move(1200);
  assert.deepEqual(saved, ["demasiado", "menos"]);
});

test("flushing saves at once and says whether it is kept", async () => {
  const { saved, made } = saver();
  made.changed("ya");
  assert.equal(await made.flush(), true);
  assert.deepEqual(saved, ["ya"]);
  assert.equal(await made.flush(), true);
  assert.deepEqual(saved, ["ya"]);
});

test("after the final save nothing is saved any more", async () => {
  const { time, saved, made } = saver();
  made.changed("borrador");
  made.settle();
  await time.move(90000);
  assert.deepEqual(saved, []);
  assert.equal(made.dirty, false);
});
