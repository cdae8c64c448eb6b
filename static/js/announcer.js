/** Tells a screen reader something once, without moving anything; the region stands in the page before any word comes. */

/** @type {WeakMap<Element, ReturnType<typeof setTimeout>>} */
const clearing = new WeakMap();

/**
 * @param {string} text
 * @param {Element|null} [region] with aria-live; by default #announcer
 */
export function announce(text, region) {
  const place = region || document.getElementById("announcer");
  if (!place || !text) {
    return;
  }
  place.textContent = text;
  clearTimeout(clearing.get(place));
  clearing.set(
    place,
    setTimeout(() => {
      place.textContent = "";
    }, 4000),
  );
}
