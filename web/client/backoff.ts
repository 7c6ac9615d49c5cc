/** Milliseconds before attempt number `attempt` (0 is the first repetition): doubles up to half a minute, with jitter
 * of one half so that a restarted server is not met by all clients at once. `random` is in [0, 1). */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling * (0.5 + random / 2));
}
