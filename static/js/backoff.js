/** How long to wait before the next try: 0.5 s, doubling, 15 s at most, each spread so that not all come back at once. */

const FIRST = 500;
const MOST = 15000;

/**
 * @param {number} tries how many have failed in a row, from 1
 * @param {() => number} [random] from 0 to 1
 * @returns {number} milliseconds
 */
export function pause(tries, random) {
  const whole = Math.min(MOST, FIRST * Math.pow(2, Math.max(0, tries - 1)));
  return Math.round(whole * (0.5 + (random || Math.random)() / 2));
}
