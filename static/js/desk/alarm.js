/**
 * Repeats a sound while something waits for an answer, and is silent at once when nothing does.
 *
 * @param {object} given
 * @param {() => void} given.play
 * @param {() => void} [given.hush]  cut a tone that is still sounding
 * @param {number} [given.every]  milliseconds
 * @param {(run: () => void, after: number) => any} [given.schedule]
 * @param {(timer: any) => void} [given.cancel]
 */
export function createAlarm(given) {
  const { play, hush = () => {}, every = 3000 } = given;
  const schedule = given.schedule || ((run, after) => setTimeout(run, after));
  const cancel = given.cancel || ((timer) => clearTimeout(timer));
  /** @type {any} */
  let timer = null;

  function ring() {
    play();
    timer = schedule(ring, every);
  }

  return {
    /** Ring, or be silent. Saying the same again changes nothing. */
    set(/** @type {boolean} */ on) {
      if (on === (timer !== null)) return;
      if (on) {
        ring();
      } else {
        cancel(timer);
        timer = null;
        hush();
      }
    },
    get ringing() {
      return timer !== null;
    },
  };
}
