/** Pages of a real meeting, and hands that use only the keyboard. */
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** How long something may take on a machine that does much else. */
export const SOON_MS = 30_000;
/** More stops than any page has before the one that is looked for. */
const STOPS_MAX = 400;

/** Opens a link in a browser profile of its own. */
export async function openLink(
  browser: Browser,
  link: string,
  viewport = { width: 1280, height: 800 },
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: "ja-JP", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  await page.goto(link);
  await page.getByText("つながっています").first().waitFor();
  return page;
}

const hasFocus = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body);

/** What each page's keyboard went to last, and when that page was opened: one that is opened anew begins at its top. */
const left_at = new WeakMap<Page, { opened: number; target: string }>();

/** What was done with the keyboard has not thrown it out of the page (WCAG 2.4.3); a mouse may leave it where it likes. */
async function staysInPage(page: Page, next: Locator): Promise<void> {
  const { opened, pointed } = await page.evaluate(() => {
    const marked = window as { pointed?: boolean };
    if (marked.pointed === undefined) addEventListener("pointerdown", () => (marked.pointed = true), true);
    const pointed = marked.pointed === true;
    marked.pointed = false;
    return { opened: performance.timeOrigin, pointed };
  });
  const before = left_at.get(page);
  if (before?.opened === opened && !pointed) {
    const message = `the focus was lost after ${before.target}, on the way to ${String(next)}`;
    await expect.poll(() => hasFocus(page), { timeout: SOON_MS, message }).toBe(true);
  }
  left_at.set(page, { opened, target: String(next) });
}

/** Goes to something with the Tab key alone. */
export async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await target.waitFor();
  await staysInPage(page, target);
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

/** What has the focus shows it, and is not covered by what sticks to the edges (WCAG 2.4.7, 2.4.11). */
export async function isSeen(page: Page): Promise<void> {
  const seen = (): Promise<string> =>
    page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return "nothing has the focus";
      // The design system's ring: four black pixels, and two yellow ones inside.
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const forced = matchMedia("(forced-colors: active)").matches;
      const ring = outlineStyle === "solid" && outlineWidth === "4px" && (forced || /255, 212, 61/.test(boxShadow));
      if (!ring) return `no ring around ${element.outerHTML}`;
      const { left, top, width, height } = element.getBoundingClientRect();
      const at = document.elementFromPoint(left + width / 2, top + Math.min(height, innerHeight) / 2);
      const hit = at !== null && (element.contains(at) || at.contains(element) || at.closest("label") !== null);
      return hit ? "" : `${element.outerHTML} is covered by ${at?.outerHTML ?? "the edge"}`;
    });
  await expect.poll(seen, { timeout: SOON_MS }).toBe("");
}

export async function pressSeen(page: Page, target: Locator, key?: "Enter" | "Space"): Promise<void> {
  await tabTo(page, target);
  await isSeen(page);
  await page.keyboard.press(key ?? "Enter");
}

/** Goes with one key from what has the focus to `end`; every stop must be seen whole (WCAG 2.4.11). Answers how many there were. */
export async function seenOnTheWay(page: Page, key: "Tab" | "Shift+Tab", end: Locator): Promise<number> {
  const goal = await end.elementHandle();
  if (!goal) throw new Error("it is not there");
  for (let stops = 1; stops < 1_000; stops += 1) {
    await page.keyboard.press(key);
    expect(await coveredFocus(page)).toBe("");
    if (await goal.evaluate((element) => element === document.activeElement)) return stops;
  }
  throw new Error(`${String(end)} cannot be reached with the ${key} key`);
}

/** Opens the chooser of a field for files with the keyboard and chooses these: the chooser itself is the system's. */
export async function chooseFiles(
  page: Page,
  field: Locator,
  files: Parameters<Locator["setInputFiles"]>[0],
): Promise<void> {
  await tabTo(page, field);
  // The browser must have heard that the chooser is waited for before the key comes: looking at the page takes that turn.
  const open = async (): Promise<void> => {
    await isSeen(page);
    await page.keyboard.press("Enter");
  };
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), open()]);
  await chooser.setFiles(files);
}
