/**
 * Names and shapes of the frames of a circle's socket, as reflection/protocol.py has them (a test compares).
 *
 * @typedef {{op: "said", seq: number, id: string, on: string, name?: string, text?: string, mine?: boolean, live?: boolean, shut?: boolean}} CircleSaid
 * @typedef {{op: "room", state: "thread"|"door"|"live", code?: string, phase?: number, here?: boolean, refused?: string}} Room
 * @typedef {{op: "more", after: number}} CircleMore
 * @typedef {{op: "idle", last: number}} CircleIdle
 * @typedef {{op: "refused", code: string, to?: string, id?: string, field?: string}} CircleRefused
 * @typedef {CircleSaid|Room|CircleMore|CircleIdle|CircleRefused} CircleServerFrame
 */

/** Which frame a button of the room sends, by its value. */
export const ACTS = {
  enter: () => ({ op: "enter" }),
  step_out: () => ({ op: "step_out" }),
  hand_up: () => ({ op: "hand", up: true }),
  hand_down: () => ({ op: "hand", up: false }),
  done: () => ({ op: "done" }),
  present: () => ({ op: "present", on: true }),
  stop_presenting: () => ({ op: "present", on: false }),
  /** @param {number} phase */
  move_on: (phase) => ({ op: "move_on", phase }),
};

/** Buttons that take each other's place. */
export const PAIRS = {
  hand_up: "hand_down",
  hand_down: "hand_up",
  present: "stop_presenting",
  stop_presenting: "present",
};

/** Refusals after which the same words may be said again by themselves. */
export const TRY_LATER = ["too_fast", "not_saved"];
