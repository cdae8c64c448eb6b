/**
 * Keeps what is being written: saves soon after a pause, one save at a time, again and again until it is kept.
 *
 * Pure but for the `save`, the `tell` and the timers it is given.
 *
 * @typedef {{ kept: boolean, final?: boolean, problem?: string, code?: string }} Outcome
 *   `final`: trying the same again is useless (`problem` says why, in words of the server); `code` for the teller.
 * @typedef {"clean" | "unsaved" | "saving" | "saved" | "failed" | "refused"} Status
 */

const FIRST_RETRY = 2000;
const LAST_RETRY = 30000;

/**
 * @param {object} given
 * @param {(value: any) => Promise<Outcome>} given.save  must not reject for what can be tried again
 * @param {(status: Status, outcome?: Outcome) => void} [given.tell]
 * @param {number} [given.pause]  milliseconds after the last change
 * @param {number} [given.longest]  milliseconds that a change may wait while somebody goes on writing
 * @param {(run: () => void, after: number) => any} [given.schedule]
 * @param {(timer: any) => void} [given.cancel]
 * @param {() => number} [given.now]
 */
export function createAutosaver(given) {
  const { save, tell = () => {}, pause = 1200, longest = 8000 } = given;
  const schedule = given.schedule || ((run, after) => setTimeout(run, after));
  const cancel = given.cancel || ((timer) => clearTimeout(timer));
  const now = given.now || (() => Date.now());

  /** @type {any} */
  let value;
  let version = 0; // of the value
  let kept = 0; // the version that the server has
  let waitingSince = 0;
  let failures = 0;
  /** @type {any} */
  let timer = null;
  /** @type {Promise<boolean> | null} */
  let running = null;

  function plan(/** @type {number} */ after) {
    if (timer !== null) cancel(timer);
    timer = schedule(() => {
      timer = null;
      run();
    }, after);
  }

  /** @returns {Promise<boolean>} whether everything is kept */
  function run() {
    if (running) return running.then(() => (version === kept ? true : run()));
    if (version === kept) return Promise.resolve(true);
    running = attempt().then((done) => {
      running = null;
      return done;
    });
    return running;
  }

  async function attempt() {
    const trying = version;
    waitingSince = 0;
    tell("saving");
    /** @type {Outcome} */
    let outcome;
    try {
      outcome = await save(value);
    } catch (_error) {
      outcome = { kept: false };
    }
    if (outcome.kept) return succeed(trying, outcome);
    if (outcome.final) {
      tell("refused", outcome);
      return false;
    }
    failures += 1;
    tell("failed", outcome);
    if (timer === null) plan(Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (failures - 1)));
    return false;
  }

  function succeed(/** @type {number} */ saved, /** @type {Outcome} */ outcome) {
    failures = 0;
    kept = Math.max(kept, saved);
    if (version === kept) {
      tell("saved", outcome);
      return true;
    }
    if (timer === null) plan(pause);
    return false;
  }

  return {
    /** Take the newest value; it is saved after a pause, however long somebody goes on writing. */
    changed(/** @type {any} */ newest) {
      value = newest;
      version += 1;
      if (!waitingSince) waitingSince = now();
      if (!running) tell("unsaved");
      const patience = Math.max(0, longest - (now() - waitingSince));
      plan(Math.min(pause, patience));
    },
    /** Save at once what is not kept yet. @returns {Promise<boolean>} */
    flush() {
      if (timer !== null) cancel(timer);
      timer = null;
      return run();
    },
    /** Save nothing more: it was saved another way, or thrown away. */
    settle() {
      if (timer !== null) cancel(timer);
      timer = null;
      kept = version;
      waitingSince = 0;
      failures = 0;
    },
    /** Whether something is not kept yet. */
    get dirty() {
      return version !== kept;
    },
  };
}
