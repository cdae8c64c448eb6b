/**
 * Carries a caller's conversation by plain requests while sockets are blocked on the way: the same form, the same ids.
 *
 * @typedef {import("./protocol.js").ServerFrame} ServerFrame
 *
 * @typedef {object} Hooks
 * @property {(frame: ServerFrame) => void} hear
 * @property {(status: "online"|"offline"|"shut") => void} status
 * @property {() => number} last the highest number known
 * @property {() => {id: string, text: string}[]} unsent
 *
 * @typedef {{talk: string, thread: string, token: string}} Addresses
 */

const EVERY = 3000;
const EVERY_UNSEEN = 10000;

export class PlainLine {
  /**
   * @param {Addresses} addresses
   * @param {Hooks} hooks
   */
  constructor(addresses, hooks) {
    this.addresses = addresses;
    this.hooks = hooks;
    this.running = false;
    this.busy = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
  }

  start() {
    if (!this.running) {
      this.running = true;
      this.turn();
    }
  }

  stop() {
    this.running = false;
    clearTimeout(this.timer);
  }

  /** Send what waits and ask for what is missing, now. */
  async turn() {
    clearTimeout(this.timer);
    if (!this.running || this.busy) {
      return;
    }
    this.busy = true;
    let more = false;
    try {
      for (const unsent of this.hooks.unsent()) {
        this.take(await this.post(unsent));
      }
      more = this.take(await this.get(this.addresses.thread + "?after=" + this.hooks.last()));
      this.hooks.status("online");
    } catch (error) {
      this.hooks.status("offline");
    }
    this.busy = false;
    const pause = document.visibilityState === "visible" ? EVERY : EVERY_UNSEEN;
    this.timer = setTimeout(() => this.turn(), more ? 0 : pause);
  }

  /**
   * @param {ServerFrame[]} frames
   * @returns {boolean} whether there is more to ask for at once
   */
  take(frames) {
    frames.forEach((frame) => this.hooks.hear(frame));
    return frames.some((frame) => frame.op === "more");
  }

  /** @param {{id: string, text: string}} unsent */
  post(unsent) {
    const body = new URLSearchParams({ do: "say", id: unsent.id, text: unsent.text });
    return this.get(this.addresses.talk, { method: "POST", body, headers: { "X-CSRFToken": this.addresses.token } });
  }

  /**
   * @param {string} url
   * @param {RequestInit} [more]
   * @returns {Promise<ServerFrame[]>}
   */
  async get(url, more) {
    const options = Object.assign({ cache: "no-store", credentials: "same-origin" }, more);
    options.headers = Object.assign({ Accept: "application/json" }, options.headers);
    const answer = await fetch(url, /** @type {RequestInit} */ (options));
    if (answer.status === 403 || answer.status === 410) {
      this.stop();
      this.hooks.status("shut");
      return [];
    }
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    return (await answer.json()).frames;
  }
}
