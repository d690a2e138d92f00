/** A screen to touch, and fingers on it: no mouse, nothing to hover with. */
import type { Browser, CDPSession, Locator, Page } from "playwright-core";
import { openLink } from "./hands";

export const TOUCH = { hasTouch: true, isMobile: true } as const;
/** A telephone, or a narrow window beside Zoom. */
export const NARROW = { width: 336, height: 740 };
export const TABLET = { width: 820, height: 1180 };

/** Opens a link on a device to touch. */
export const openToTouch = (browser: Browser, link: string, size = NARROW): Promise<Page> =>
  openLink(browser, link, size, TOUCH);

/** What a button is at least, and what anything else that is touched is (WCAG 2.5.8). */
const BUTTON_PX = 44;
const TARGET_PX = 24;

/** What is too small for a finger, of all that can be seen on the page; nothing on a good page. */
export function tooSmallToTouch(page: Page): Promise<string[]> {
  return page.evaluate(
    ({ button, target }) => {
      const within = document.querySelector("dialog[open]") ?? document.body;
      const found: string[] = [];
      for (const element of within.querySelectorAll("button, summary, select, textarea, input, a[href]")) {
        if (!element.checkVisibility()) continue;
        const touched = element.matches("input[type=checkbox], input[type=radio]")
          ? (element.closest("label") ?? element)
          : element;
        const { width, height } = touched.getBoundingClientRect();
        // Links in a sentence are as high as its line; what is only for ears has no size.
        const inline = element.matches("a") && getComputedStyle(element).display === "inline";
        if (height <= 1 || inline) continue;
        const least = element.matches("button, summary, select, textarea") ? button : target;
        // Half a pixel is rounding.
        if (height < least - 0.5 || width < target - 0.5)
          found.push(`${Math.round(width)} × ${Math.round(height)}: ${element.outerHTML.slice(0, 160)}`);
      }
      return found;
    },
    { button: BUTTON_PX, target: TARGET_PX },
  );
}

/** Taps into a field and writes there, as the keyboard on the screen does. */
export async function tapAndWrite(page: Page, field: Locator, text: string): Promise<void> {
  await field.tap();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** Chooses from a list: it can be tapped; what opens then is the system's. */
export async function tapAndChoose(list: Locator, label: string | RegExp): Promise<void> {
  await list.tap({ trial: true });
  const options = await list.locator("option").allTextContents();
  const chosen = options.findIndex((option) =>
    typeof label === "string" ? option.includes(label) : label.test(option),
  );
  if (chosen < 0) throw new Error(`no option ${String(label)} in ${options.join(", ")}`);
  await list.selectOption({ index: chosen });
}

/** Opens the chooser of a field for files with a finger, and chooses these. */
export async function tapAndChooseFiles(
  page: Page,
  field: Locator,
  files: Parameters<Locator["setInputFiles"]>[0],
): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), field.tap()]);
  await chooser.setFiles(files);
}

interface Point {
  x: number;
  y: number;
}
const STEPS = 8;
const STEP_S = 0.02;
const REST_S = 0.3;
const between = (from: Point, to: Point, step: number): Point => ({
  x: from.x + ((to.x - from.x) * step) / STEPS,
  y: from.y + ((to.y - from.y) * step) / STEPS,
});

/** Fingers that go over the screen, one or two. */
export class Fingers {
  readonly #devtools: CDPSession;

  private constructor(devtools: CDPSession) {
    this.#devtools = devtools;
  }

  static async on(page: Page): Promise<Fingers> {
    return new Fingers(await page.context().newCDPSession(page));
  }

  /** Each finger from its first place to its second, all at once. */
  async go(...ways: readonly (readonly [Point, Point])[]): Promise<void> {
    // They stand still before they are lifted: a finger that is lifted in flight has the browser scroll on, and eats the next tap.
    const lifted_at = Date.now() / 1_000;
    const began_at = lifted_at - REST_S - STEPS * STEP_S;
    for (let step = 0; step <= STEPS; step += 1) {
      const touchPoints = ways.map(([from, to], id) => ({ ...between(from, to, step), id }));
      await this.#devtools.send("Input.dispatchTouchEvent", {
        type: step === 0 ? "touchStart" : "touchMove",
        touchPoints,
        timestamp: began_at + step * STEP_S,
      });
    }
    await this.#devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [], timestamp: lifted_at });
  }

  /** From the middle of one thing to a part of another one's height; that one is brought to the middle of the screen before. */
  async drag(what: Locator, to: Locator, part = 0.5): Promise<void> {
    await to.evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
    const [from, goal] = await Promise.all([what.boundingBox(), to.boundingBox()]);
    if (!from || !goal) throw new Error("both are on the screen");
    const middle = (box: typeof from, part: number): Point => ({
      x: box.x + box.width / 2,
      y: box.y + box.height * part,
    });
    await this.go([middle(from, 0.5), middle(goal, part)]);
  }

  /** Two fingers on one thing, so far apart at first and at last. */
  async pinch(on: Locator, from_px: number, to_px: number): Promise<void> {
    const box = await on.boundingBox();
    if (!box) throw new Error("it is on the screen");
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const left = (apart: number): Point => ({ x: x - apart / 2, y });
    const right = (apart: number): Point => ({ x: x + apart / 2, y });
    await this.go([left(from_px), left(to_px)], [right(from_px), right(to_px)]);
  }
}
