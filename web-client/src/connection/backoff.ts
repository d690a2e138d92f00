/** How long to wait before coming back: random, growing, so that three hundred browsers do not come at once (SPEC CL2). */

export const BACKOFF_MS_MIN = 1_000;
export const BACKOFF_MS_MAX = 30_000;

/**
 * The delay before attempt number `attempt` (from 0), in milliseconds. `chance` lies in [0, 1). Half of the delay is
 * certain, half is chance.
 */
export function backoffMs(attempt: number, chance: number): number {
  const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (ceiling / 2) * chance);
}
