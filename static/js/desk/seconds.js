/**
 * Lets seconds pass, by a worker where there is one: browsers slow the timers of a hidden page down to one a minute,
 * and a desk in a hidden tab must go on saying that somebody is there.
 *
 * @param {string} worker  address of ticker.js
 * @param {() => void} tick  called each second
 */
export function everySecond(worker, tick) {
  try {
    new Worker(worker).onmessage = tick;
  } catch (error) {
    setInterval(tick, 1000);
  }
  if (navigator.locks) {
    navigator.locks.request("desk", { mode: "shared" }, () => new Promise(() => {})); // who holds one is not frozen
  }
}
