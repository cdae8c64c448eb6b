/** A worker that says each second that a second passed: browsers slow the timers of a hidden page down to one a minute. */

setInterval(() => postMessage(0), 1000);
