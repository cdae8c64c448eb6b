/**
 * Which act a key asks for; pure. Never Ctrl+Alt: on Latin-American keyboards that is AltGr, which writes «@».
 *
 * @typedef {"next" | "previous" | "note" | "reply" | "help" | "close"} Act
 */

/** @type {Record<string, Act>} */
const WITH_ALT = { KeyJ: "next", KeyK: "previous", KeyN: "note", KeyL: "reply" };

/**
 * @param {{ code: string, key: string, altKey: boolean, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean, altGraph?: boolean, isComposing?: boolean }} press
 * @param {{ on: boolean, writing: boolean }} now  `on`: the switch; `writing`: the focus is in a field
 * @returns {Act | null}
 */
export function actOf(press, now) {
  if (press.key === "Escape") return "close"; // closing works with the switch off: it is no shortcut of ours
  if (!now.on || press.isComposing || press.ctrlKey || press.metaKey || press.altGraph) return null;
  if (press.altKey) return press.shiftKey ? null : WITH_ALT[press.code] || null;
  return press.key === "?" && !now.writing ? "help" : null;
}
