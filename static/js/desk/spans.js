/**
 * Spans of time as people read them; pure. The words come from the page: `{ seconds: "%n% s", … }`.
 *
 * @typedef {{ seconds: string, minutes: string, hours: string }} SpanWords
 */

/**
 * Seconds up to a minute, then whole minutes, then hours and minutes: as coarse as a glance.
 *
 * @param {number} seconds
 * @param {SpanWords} words
 * @returns {string}
 */
export function spanOf(seconds, words) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) {
    return words.seconds.replace("%n%", String(whole));
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return words.minutes.replace("%n%", String(minutes));
  }
  const rest = String(minutes % 60).padStart(2, "0");
  return words.hours.replace("%h%", String(Math.floor(minutes / 60))).replace("%n%", rest);
}
