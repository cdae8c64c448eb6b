/**
 * Names and shapes of the frames, the refusals and the close codes, as chat/protocol.py has them (a test compares).
 *
 * @typedef {{op: "say", id: string, text: string}} Say
 * @typedef {{op: "look", after: number}} Look
 * @typedef {{op: "typing"}} Typing
 * @typedef {{op: "seen", seq: number}} Seen
 * @typedef {{op: "leave"}} Leave
 * @typedef {Say|Look|Typing|Seen|Leave} CallerFrame
 *
 * @typedef {{op: "say", contact: string, id: string, text: string}} DeskSay
 * @typedef {{op: "look", after: number, contact?: string}} DeskLook
 * @typedef {{op: "typing", contact: string}} DeskTyping
 * @typedef {{op: "seen", contact: string, seq: number}} DeskSeen
 * @typedef {{op: "leave", contact: string}} DeskLeave
 * @typedef {{op: "ready"}} Ready
 * @typedef {{op: "away"}} Away
 * @typedef {{op: "accept", offer: string}} Accept
 * @typedef {{op: "decline", offer: string}} Decline
 * @typedef {DeskSay|DeskLook|DeskTyping|DeskSeen|DeskLeave|Ready|Away|Accept|Decline} DeskFrame
 *
 * @typedef {"caller"|"volunteer"|"supervisor"|"line"} Speaker
 * @typedef {"consent"|"questions"|"waiting"|"talking"|"asleep"|"ended"|"left"|"withdrawn"} ContactState
 * @typedef {{op: "said", contact?: string, seq: number, id: string, by: Speaker, name?: string, text: string, at: string, other?: boolean}} Said
 * @typedef {{op: "state", contact?: string, state: ContactState, ahead?: number, wait?: number, name?: string, urgency?: string, last?: number, marked?: boolean, handover?: string, asked?: string, companion?: string, part?: string, practice?: boolean}} State
 * @typedef {{op: "more", contact?: string, after: number}} More
 * @typedef {{op: "idle", contact?: string, last: number, state: ContactState}} Idle
 * @typedef {{op: "typing", contact?: string, by: Speaker}} SaysTyping
 * @typedef {{op: "seen", contact?: string, by: Speaker, seq: number}} HasSeen
 * @typedef {{op: "presence", state: "ready"|"away", reason?: string, shift_ends?: string}} Presence
 * @typedef {{op: "offer", contact: string, offer: string, urgency: string, waited: number, until: number, from?: string, practice?: boolean}} Offer
 * @typedef {{op: "offer_gone", contact?: string, offer: string, reason: string}} OfferGone
 * @typedef {{op: "refused", contact?: string, code: string, to?: string, id?: string, field?: string}} Refused
 * @typedef {Said|State|More|Idle|SaysTyping|HasSeen|Presence|Offer|OfferGone|Refused} ServerFrame
 */

export const SUBPROTOCOL = "hotline.v1";

export const CALLER_OPS = ["say", "look", "typing", "seen", "leave"];
export const DESK_OPS = ["say", "look", "typing", "seen", "leave", "ready", "away", "accept", "decline"];
export const SERVER_OPS = [
  "said",
  "state",
  "more",
  "idle",
  "typing",
  "seen",
  "presence",
  "offer",
  "offer_gone",
  "refused",
];

export const REFUSALS = [
  "bad_frame",
  "unknown_op",
  "bad_field",
  "empty",
  "too_long",
  "too_fast",
  "not_open",
  "not_yours",
  "offer_gone",
  "ahead",
  "not_saved",
];

/** Refusals after which the same frame may be sent again later; the others are final. */
export const TRY_LATER = ["too_fast", "not_saved"];

export const CLOSED = { badFrames: 4400, notAllowed: 4401, tooSlow: 4408, tooMuch: 4429, goingAway: 4503 };

/** Code points of the longest message. */
export const LONGEST_TEXT = 4000;

/** Bytes of the longest frame; a longer one would cut the connection. */
export const LONGEST_FRAME = 16384;

/**
 * Say whether a text is too long for one message, before it is sent.
 *
 * @param {string} text
 * @returns {boolean}
 */
export function isTooLong(text) {
  return (
    Array.from(text.trim()).length > LONGEST_TEXT ||
    new TextEncoder().encode(JSON.stringify(text)).length > LONGEST_FRAME - 200
  );
}
