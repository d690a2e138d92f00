/** Keeps the page in the browser, so that it opens when the line is away. Secure pages only; elsewhere nothing happens. */

/** After the first view, so that a slow line carries that first. */
const REGISTER_AFTER_MS = 6_000;

export function keepPage(): void {
  // The type says there always is one; plain http pages have none.
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (workers === undefined || !import.meta.env.PROD) return;
  setTimeout(() => void workers.register("/worker.js").catch(() => undefined), REGISTER_AFTER_MS);
}
