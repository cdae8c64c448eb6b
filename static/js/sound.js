/** One soft tone, made by the browser itself: no file, no request. Browsers let it sound after a first touch. */

/** @type {AudioContext|undefined} */
let audio;
/** @type {Set<OscillatorNode>} */
const sounding = new Set();

/**
 * Sound a tone; without sound in this browser nothing happens.
 *
 * @param {number} [pitch] hertz
 * @returns {Promise<boolean>} whether it could be heard
 */
export async function tone(pitch) {
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) {
    return false; // a browser lets nothing sound before a first touch, and complains of the attempt
  }
  try {
    audio = audio || new AudioContext();
    if (audio.state !== "running") {
      await Promise.race([audio.resume(), new Promise((resolve) => setTimeout(resolve, 500))]);
    }
    const now = audio.currentTime;
    const source = audio.createOscillator();
    const loudness = audio.createGain();
    source.frequency.value = pitch || 528;
    loudness.gain.setValueAtTime(0, now);
    loudness.gain.linearRampToValueAtTime(0.12, now + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, now + 0.9);
    sounding.add(source);
    source.onended = () => sounding.delete(source);
    source.connect(loudness).connect(audio.destination);
    source.start(now);
    source.stop(now + 1);
    return audio.state === "running";
  } catch (error) {
    return false;
  }
}

/** Cut whatever sounds at this moment. */
export function hush() {
  sounding.forEach((source) => source.stop());
  sounding.clear();
}
