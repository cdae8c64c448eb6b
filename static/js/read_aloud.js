/**
 * Reads a page aloud, each part in the language it is in, with a voice that is on this device.
 *
 * A voice that a browser fetches from elsewhere would send the page's words there: where the device has none of its own
 * for the language, the button stays hidden. The reading stops at a second touch, at quick exit, and with the page.
 */

const place = /** @type {HTMLElement|null} */ (document.querySelector(".aloud"));
const button = place && place.querySelector("button");
const SPOKEN = ["h1", "h2", "p", "li", "legend", "summary", ".question__title", ".choice", ".field__label"].join();

/** @param {string} text */
const base = (text) => text.toLowerCase().split(/[-_]/)[0];

/**
 * @param {string} language
 * @returns {SpeechSynthesisVoice|undefined}
 */
function voiceFor(language) {
  return speechSynthesis.getVoices().find((voice) => voice.localService && base(voice.lang) === base(language));
}

/** @param {Element} part */
function languageOf(part) {
  const marked = /** @type {HTMLElement|null} */ (part.closest("[lang]"));
  return marked ? marked.lang : document.documentElement.lang;
}

/** Return what of the page is visible and stands in no other part that is read. */
function parts() {
  const main = document.querySelector("main") || document.body;
  return Array.from(main.querySelectorAll(SPOKEN)).filter((part) => {
    const around = part.parentElement && part.parentElement.closest(SPOKEN);
    return !around && part !== place && part.getClientRects().length && (part.textContent || "").trim();
  });
}

function stop() {
  speechSynthesis.cancel();
  if (button) {
    button.setAttribute("aria-pressed", "false");
  }
}

function read() {
  const spoken = parts().map((part) => {
    const words = new SpeechSynthesisUtterance((part.textContent || "").replace(/\s+/g, " ").trim());
    const voice = voiceFor(languageOf(part));
    words.lang = languageOf(part);
    words.voice = voice || null;
    return voice ? words : null;
  });
  const known = spoken.filter((words) => words !== null);
  const last = known[known.length - 1];
  if (last && button) {
    last.onend = stop;
    button.setAttribute("aria-pressed", "true");
    known.forEach((words) => speechSynthesis.speak(words));
  }
}

function show() {
  if (place) {
    place.hidden = !voiceFor(document.documentElement.lang);
  }
}

if (button && "speechSynthesis" in window) {
  button.addEventListener("click", () => (button.getAttribute("aria-pressed") === "true" ? stop() : read()));
  speechSynthesis.addEventListener("voiceschanged", show);
  addEventListener("leaving", stop);
  addEventListener("pagehide", stop);
  show();
}
