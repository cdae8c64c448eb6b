/** Tells a screen reader something once, without moving anything; the region stands in the page before any word comes. */

/** @type {ReturnType<typeof setTimeout>|undefined} */
let clearing;

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
  clearTimeout(clearing);
  clearing = setTimeout(() => {
    place.textContent = "";
  }, 4000);
}
