/** Browsers slow the timers of a hidden page to one a minute, which is longer than the server waits for a sign of life;
 * a worker's timers they leave alone. */
const EVERY = 15_000;
setInterval(() => self.postMessage("pulse"), EVERY);
