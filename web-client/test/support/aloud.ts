/** What a screen reader is told while something happens: every text that changes in a live region, in order. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { SOON_MS } from "./hands";

interface Told {
  told: string[];
}

/** Begins to listen; what is read aloud from here on. */
export function listen(page: Page): Promise<void> {
  return page.evaluate(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    const LIVE = "[aria-live], [role=status], [role=alert], [role=log]";
    new MutationObserver((changes) => {
      /** What is told as a whole is told once, however much of it has changed. */
      const told_whole = new Set<Element>();
      for (const { target, addedNodes, type } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const region = element?.closest(LIVE);
        if (!region || region.getAttribute("aria-live") === "off" || told_whole.has(region)) continue;
        const atomic = region.getAttribute("aria-atomic") ?? String(region.hasAttribute("role"));
        if (atomic === "true") told_whole.add(region);
        const parts = type === "characterData" ? [target] : [...addedNodes];
        for (const { textContent } of atomic === "true" ? [region] : parts) {
          const text = textContent?.trim();
          if (text) told.push(text);
        }
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** What has been read aloud since. */
export const heard = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as Told).told);

/** Lets the round's clock go on by so many seconds, as the page shows it. */
export async function secondsPass(page: Page, seconds: number): Promise<void> {
  const clock = page.getByRole("timer").first();
  for (let passed = 0; passed < seconds; passed += 1) {
    const before = await clock.textContent();
    await expect.poll(() => clock.textContent(), { timeout: SOON_MS }).not.toBe(before);
  }
}
