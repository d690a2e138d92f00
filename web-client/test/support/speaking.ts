/** Switches a page to English, whatever is open on it: the switch stands in the footer, on the page, or in the menu. */
import type { Page } from "playwright-core";

const ENGLISH = "button.quiet[lang=en]";
const JAPANESE = "button.quiet[lang=ja]";

/** Answers whether there is one: the page that waits for the first view has none yet. */
export async function toEnglish(page: Page): Promise<boolean> {
  const click = (selector: string): Promise<void> =>
    page.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.click(), selector);
  const has = async (selector: string): Promise<boolean> => (await page.locator(selector).count()) > 0;
  const in_menu = !(await has(ENGLISH)) && (await has("button.menu"));
  if (in_menu) {
    await click("button.menu");
    await page.locator(ENGLISH).waitFor({ state: "attached" });
  }
  if (!(await has(ENGLISH))) return false;
  await click(ENGLISH);
  await page.waitForFunction(() => document.documentElement.lang === "en");
  if (in_menu) {
    await click(`dialog[open]:has(${JAPANESE}) header button`);
    await page.locator(JAPANESE).waitFor({ state: "detached" });
  }
  return true;
}
