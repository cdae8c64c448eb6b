/**
 * The state of one conversation, as one side's page knows it: what was said in order, what is still on its way.
 * Pure: it knows no page and no socket, and hands back what changed.
 *
 * @typedef {import("./protocol.js").Said} Said
 * @typedef {import("./protocol.js").ContactState} ContactState
 * @typedef {{id: string, text: string, status: "pending"|"refused", code: string, since: number}} Unsent
 * @typedef {{said: Said, known: boolean}} New `known`: it was here as pending, now it is delivered
 * @typedef {{added: New|null, look: boolean}} Change `look`: something before it is missing, ask from `last`
 */

/** @returns {string} a fresh UUID for what somebody says; crypto.randomUUID is not there without https */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Conversation {
  /** @param {number} [last] the highest number already on the page */
  constructor(last) {
    this.last = last || 0;
    /** @type {Said[]} */
    this.items = [];
    /** @type {Map<string, Unsent>} */
    this.waiting = new Map();
    /** @type {ContactState|""} */
    this.state = "";
  }

  /**
   * Begin to say something; it is pending until it is heard.
   *
   * @param {string} id
   * @param {string} text
   * @param {number} [now] milliseconds
   * @returns {Unsent}
   */
  add(id, text, now) {
    /** @type {Unsent} */
    const unsent = { id, text, status: "pending", code: "", since: now || 0 };
    this.waiting.set(id, unsent);
    return unsent;
  }

  /**
   * Take a message from the line. What is known already changes nothing; what skips a number is not taken, because
   * the answer to a look brings it again in its order.
   *
   * @param {Said} said
   * @returns {Change}
   */
  hear(said) {
    if (said.seq <= this.last) {
      return { added: null, look: false };
    }
    if (said.seq > this.last + 1) {
      return { added: null, look: true };
    }
    this.last = said.seq;
    this.items.push(said);
    return { added: { said, known: this.waiting.delete(said.id) }, look: false };
  }

  /**
   * The line did not take a message and never will.
   *
   * @param {string} id
   * @param {string} code
   * @returns {Unsent|null} null when nothing of that id is on its way
   */
  refuse(id, code) {
    const unsent = this.waiting.get(id);
    if (!unsent) {
      return null;
    }
    unsent.status = "refused";
    unsent.code = code;
    return unsent;
  }

  /**
   * Take back what was refused, to be changed and said anew.
   *
   * @param {string} id
   * @returns {string} its words
   */
  takeBack(id) {
    const unsent = this.waiting.get(id);
    this.waiting.delete(id);
    return unsent ? unsent.text : "";
  }

  /** @returns {Unsent[]} what is to be sent (again), oldest first */
  unsent() {
    return Array.from(this.waiting.values()).filter((one) => one.status === "pending");
  }
}
