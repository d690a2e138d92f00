/** Fetching what the first view does not need, while there is a line and nothing else to do. */

/** A page that never rests fetches nevertheless, after this time for each part. */
const IDLE_TIMEOUT_MS = 2_000;

/** Resolves when the page has nothing to do. Safari has no word for that: there it is the next free moment. */
function idle(): Promise<void> {
  const { requestIdleCallback } = window as { requestIdleCallback?: typeof window.requestIdleCallback };
  return new Promise((resolve) => {
    if (requestIdleCallback === undefined) setTimeout(resolve);
    else requestIdleCallback(() => resolve(), { timeout: IDLE_TIMEOUT_MS });
  });
}

/**
 * Fetches one part after the other, so that each opens at once and without a line; all in one go would stop a slow
 * computer for half a second. What cannot be had now is asked for when it is wanted.
 */
export async function fetchAhead(loads: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const load of loads) {
    await idle();
    await load().catch(() => undefined);
  }
}
