/** A computer that sleeps: the processes that draw a browser's pages stand still, with everything in them. */
import type { Browser } from "playwright-core";

async function drawers(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

/** Puts all pages of a browser to sleep; gives the way to wake them. */
export async function putToSleep(browser: Browser): Promise<() => void> {
  const processes = await drawers(browser);
  if (processes.length === 0) throw new Error("nobody draws this browser's pages");
  for (const id of processes) process.kill(id, "SIGSTOP");
  return () => {
    for (const id of processes) process.kill(id, "SIGCONT");
  };
}
