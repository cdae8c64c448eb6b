/**
 * One socket to the line, kept alive: it looks every 20 s, comes back by itself with growing pauses, and says when
 * sockets seem to be blocked on the way, so that the page carries on by plain requests; it goes on trying meanwhile.
 *
 * @typedef {import("./protocol.js").ServerFrame} ServerFrame
 * @typedef {"online"|"offline"|"blocked"|"shut"} Status online: frames arrive; shut: not (or no longer) allowed here
 *
 * @typedef {object} Hooks
 * @property {(frame: ServerFrame) => void} hear
 * @property {(status: Status) => void} status called at each change
 * @property {() => object[]} missing frames that ask for what is missing: sent on opening and every 20 s
 * @property {() => object[]} unsent frames without a receipt: sent (again) on opening and every 20 s, with the same ids
 */

import { CLOSED, SUBPROTOCOL } from "./protocol.js";

const BEAT = 20000;
const ANSWER_WITHIN = 10000;
const FAILED_MOST = 3;
/** What answers a look: anything else may arrive on a line that is cut the other way. */
const ANSWERS = ["idle", "more", "refused"];

/**
 * How long to wait before the next try: 0.5 s, doubling, 15 s at most, each spread so that not all come back at once.
 *
 * @param {number} tries how many have failed in a row, from 1
 * @param {() => number} [random] from 0 to 1
 * @returns {number} milliseconds
 */
export function pause(tries, random) {
  const whole = Math.min(15000, 500 * Math.pow(2, Math.max(0, tries - 1)));
  return Math.round(whole * (0.5 + (random || Math.random)() / 2));
}

export class Socket {
  /**
   * @param {string} path such as /ws/hablar/
   * @param {Hooks} hooks
   */
  constructor(path, hooks) {
    this.url = location.origin.replace(/^http/, "ws") + path;
    this.hooks = hooks;
    /** @type {WebSocket|null} */
    this.socket = null;
    this.greeted = false;
    /** @type {Status|""} */
    this.status = "";
    this.failed = 0;
    this.stopped = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.retry = undefined;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.patience = undefined;
    setInterval(() => this.look(), BEAT);
    addEventListener("online", () => this.now());
    addEventListener("offline", () => this.socket && this.tell("offline")); // a dead socket looks open for a while
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        this.now();
      }
    });
  }

  /** Open the socket; does nothing when one is open or opening. */
  open() {
    clearTimeout(this.retry);
    if (this.socket || this.stopped) {
      return;
    }
    const socket = new WebSocket(this.url, SUBPROTOCOL);
    this.socket = socket;
    this.greeted = false;
    this.wait(socket);
    socket.onopen = () => this.look();
    socket.onmessage = (event) => {
      const frame = JSON.parse(event.data);
      if (this.answers(frame)) {
        clearTimeout(this.patience);
        this.failed = 0;
        this.tell("online");
      }
      this.hooks.hear(frame);
    };
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  /**
   * Say whether a frame answers a look. An empty desk hears nothing but its presence: unasked on connecting, and again
   * as the answer.
   *
   * @param {ServerFrame} frame
   * @returns {boolean}
   */
  answers(frame) {
    const again = frame.op === "presence" && this.greeted;
    this.greeted = this.greeted || frame.op === "presence";
    return again || ANSWERS.includes(frame.op);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  closed(socket, code) {
    if (this.socket !== socket) {
      return;
    }
    this.socket = null;
    clearTimeout(this.patience);
    if (this.stopped) {
      return;
    }
    if (code === CLOSED.notAllowed) {
      this.stop();
      this.tell("shut");
      return;
    }
    this.failed += 1;
    this.tell(this.failed >= FAILED_MOST ? "blocked" : "offline");
    this.retry = setTimeout(() => this.open(), pause(code === CLOSED.tooMuch ? 6 : this.failed));
  }

  /**
   * Give a socket up when it answers nothing: a line cut in one direction looks open.
   *
   * @param {WebSocket} socket
   */
  wait(socket) {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      socket.onclose = null;
      socket.close();
      this.closed(socket, 0);
    }, ANSWER_WITHIN);
  }

  /** Ask for what is missing, and say again what has no receipt; also the heartbeat. */
  look() {
    if (this.socket && this.socket.readyState === WebSocket.OPEN) {
      this.hooks.missing().concat(this.hooks.unsent()).forEach((frame) => this.send(frame));
      this.wait(this.socket);
    }
  }

  /** Try at once: the network came back, or somebody looks at the page again. */
  now() {
    this.look();
    this.open();
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether an open socket took it; what it took may still get lost, and is said again on opening
   */
  send(frame) {
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** @param {Status} status */
  tell(status) {
    if (status !== this.status) {
      this.status = status;
      this.hooks.status(status);
    }
  }

  /** Close for good. */
  stop() {
    this.stopped = true;
    clearTimeout(this.retry);
    clearTimeout(this.patience);
    if (this.socket) {
      this.socket.close();
    }
  }
}
