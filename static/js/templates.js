/** Clones a <template> of the page and fills its slots: every word on the screen comes from the server's templates. */

/**
 * @param {string} id of the template
 * @param {Record<string, string>} [texts] slot (data-slot) → text
 * @param {ParentNode} [root]
 * @returns {HTMLElement}
 */
export function clone(id, texts, root) {
  const template = (root || document).querySelector("#" + id);
  if (!(template instanceof HTMLTemplateElement) || !template.content.firstElementChild) {
    throw new Error("no template " + id);
  }
  const made = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
  fill(made, texts || {});
  return made;
}

/**
 * @param {HTMLElement} element
 * @param {Record<string, string>} texts slot → text
 */
export function fill(element, texts) {
  for (const slot of Object.keys(texts)) {
    const place = element.dataset.slot === slot ? element : element.querySelector('[data-slot="' + slot + '"]');
    if (place) {
      place.textContent = texts[slot];
    }
  }
}

/**
 * Put values into a sentence of the server: "(%n%) Conversación".
 *
 * @param {string} sentence
 * @param {Record<string, string|number>} values
 * @returns {string}
 */
export function worded(sentence, values) {
  return sentence.replace(/%(\w+)%/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Show a moment as hour and minute.
 *
 * @param {string} at RFC 3339
 * @returns {HTMLTimeElement}
 */
export function timeOf(at) {
  const time = document.createElement("time");
  time.dateTime = at;
  time.textContent = clock(at);
  return time;
}

/**
 * @param {string} at RFC 3339
 * @returns {string} hour and minute, in the line's zone where the page names it, otherwise as the device's own clock
 */
export function clock(at) {
  const timeZone = document.documentElement.dataset.zone;
  return new Date(at).toLocaleTimeString("es-PE", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone });
}
