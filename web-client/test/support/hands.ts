/** Pages of a real meeting, and hands that use only the keyboard. */
import type { Browser, Locator, Page } from "playwright-core";

/** How long something may take on a machine that does much else. */
export const SOON_MS = 30_000;
/** More stops than any page has before the one that is looked for. */
const STOPS_MAX = 400;

/** Opens a link in a browser profile of its own. */
export async function openLink(browser: Browser, link: string, viewport = { width: 1280, height: 800 }): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: "ja-JP" });
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  await page.goto(link);
  await page.getByText("つながっています").first().waitFor();
  return page;
}

/** Goes to something with the Tab key alone. */
export async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await target.waitFor();
  // Looked for once, not at every stop: finding a button by its name goes through the whole page. Only what is drawn anew on the
  // way is looked for again.
  let element = await target.elementHandle();
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    const at = await element?.evaluate((each) => (each.isConnected ? each === document.activeElement : null));
    if (at) return;
    if (at === null || at === undefined) element = await target.elementHandle();
    else await page.keyboard.press(key);
  }
  throw new Error(`${String(target)} cannot be reached with the ${key} key`);
}

/** Presses a button without a mouse. */
export async function press(page: Page, target: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Writes into a field, over what stands in it. */
export async function type(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** Chooses an option of a list with the arrow keys, as a keyboard does: through all that stand before it. */
export async function choose(page: Page, list: Locator, label: string): Promise<void> {
  await tabTo(page, list);
  const steps = await list.evaluate(
    (element, wanted) =>
      [...(element as HTMLSelectElement).options]
        .filter((option) => !option.disabled)
        .findIndex((option) => (option.textContent ?? "").includes(wanted)),
    label,
  );
  if (steps < 0) throw new Error(`no option ${label}`);
  await page.keyboard.press("Home");
  for (let step = 0; step < steps; step += 1) await page.keyboard.press("ArrowDown");
  const chosen = await list.evaluate((element) => (element as HTMLSelectElement).selectedOptions[0]?.textContent ?? "");
  if (!chosen.includes(label)) throw new Error(`${chosen} is chosen, not ${label}`);
}

/**
 * Says what lies over the thing that has the focus, at its edges and in its middle (WCAG 2.4.11); nothing on a good page. What is
 * higher than the page cannot be seen whole: it is enough to see a part.
 */
export function coveredFocus(page: Page): Promise<string> {
  return page.evaluate(async () => {
    // The page has scrolled and the composer has folded by then.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const element = document.activeElement;
    if (!element || element === document.body) return "";
    const { left, top, width, height } = element.getBoundingClientRect();
    const INSET_PX = 2;
    const seen = [INSET_PX, height / 2, height - INSET_PX].map((y) => {
      const at = document.elementFromPoint(left + width / 2, top + y);
      return at !== null && (element.contains(at) || at.closest("label")?.contains(element) === true);
    });
    const whole = height < innerHeight / 2;
    if (whole ? seen.every(Boolean) : seen.some(Boolean)) return "";
    return `${element.outerHTML.slice(0, 200)} from ${Math.round(top)} to ${Math.round(top + height)} px is covered`;
  });
}
