/**
 * What every screen is judged by in its states: drawn without an error, nothing wider than the page, no axe violation, no small
 * letters, no list that acts while one goes through it, in Japanese and in English, where what people wrote has a voice of its own.
 */
import { mkdirSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MeetingView } from "../../src/protocol/protocol";
import { violationsOf } from "./axe";
import { launchChromium } from "./chromium";
import { House, type WindowSize } from "./house";
import { servePages } from "./pages";
import type { ScreenScene } from "./scene";
import { toEnglish } from "./speaking";
import type { Stage } from "./stage";
import type { Traffic } from "./traffic";
import { tooWide } from "./width";

/** The widest first: a window is made narrower beside Zoom, and what is open in it stays open. */
const WIDTHS: readonly WindowSize[] = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
  { width: 320, height: 640 },
];
/** Only photographed, and only what is no wall: Zoom's side panel, small windows, full screens. */
const ALSO_SEEN: readonly WindowSize[] = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 480, height: 800 },
  { width: 400, height: 760 },
  { width: 336, height: 700 },
];
const PICTURES = process.env["SCREENSHOTS"] !== undefined;
/** `PICTURE_WIDTHS=320,1440` takes fewer. */
const ONLY = process.env["PICTURE_WIDTHS"]?.split(",").map(Number);
/** Windows beside Zoom; from 1000 px on the console has three columns. */
const NARROW_PX = 480;
const USUAL: readonly number[] = [320, 1280];
/** A page may have hundreds of lists of the same kind. */
const LISTS_TRIED = 4;
const SMALLEST_PX = 14;

/** Texts in letters that are too small (the design system's smallest is 14 px). */
const tooSmall = (page: Page): Promise<string[]> =>
  page.evaluate((px) => {
    const small: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.nodeValue?.trim() ?? "";
      const parent = node.parentElement;
      if (text !== "" && parent && parseFloat(getComputedStyle(parent).fontSize) < px) small.push(text);
    }
    return small;
  }, SMALLEST_PX);

/** Texts of an English page that the wrong voice would read: Japanese ones not marked as such, English ones that are (WCAG 3.1.2). */
const misread = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const wrong: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.nodeValue ?? "";
      const [japanese, latin] = [/[\u3041-\u30ff\u4e00-\u9fff]/.test(text), /[a-z]/i.test(text)];
      const language = node.parentElement?.closest("[lang]")?.getAttribute("lang");
      if (japanese !== latin && language !== (japanese ? "ja" : "en")) wrong.push(`${language}: ${text}`);
    }
    return wrong;
  });

async function photograph(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  mkdirSync("screenshots", { recursive: true });
  await page.screenshot({ path: `screenshots/${name}.png` });
  await page.screenshot({ path: `screenshots/${name}-full.png`, fullPage: true });
}

/** Makes the window so large, if it is not. */
async function resize(page: Page, traffic: Traffic, size: WindowSize): Promise<void> {
  const { width, height } = page.viewportSize() ?? {};
  if (width === size.width && height === size.height) return;
  await page.setViewportSize(size);
  await traffic.settled();
}

/** Takes the pictures when pictures are wanted, and says what is wrong with what is drawn, from the widest to the narrowest. */
export async function judge(page: Page, traffic: Traffic, name: string, sizes: readonly WindowSize[]): Promise<void> {
  await traffic.settled();
  const dialogs = page.locator("dialog[open]:visible");
  const open = await dialogs.count();
  for (const size of sizes) {
    const at = `at ${size.width} px`;
    await resize(page, traffic, size);
    await photograph(page, `${name}-${size.width}`);
    expect(await tooWide(page), `${at} nothing is wider than the page`).toEqual([]);
    expect(await dialogs.count(), `${at} what was open stays open`).toBe(open);
    expect(await violationsOf(page), at).toEqual([]);
    expect(await tooSmall(page), `${at} no letter is smaller than ${SMALLEST_PX} px`).toEqual([]);
  }
  if (!(await toEnglish(page))) return;
  await traffic.settled();
  for (const size of [...sizes].reverse()) {
    await resize(page, traffic, size);
    await photograph(page, `${name}-${size.width}-en`);
    expect(await tooWide(page), `nor in English at ${size.width} px`).toEqual([]);
  }
  expect(await misread(page), "each language has its own voice").toEqual([]);
}

/** Goes through the lists with the arrow keys, as a keyboard does that looks for its option (WCAG 3.2.2). */
export async function goThroughLists(page: Page): Promise<void> {
  const open = await page.locator("dialog[open]").count();
  const lists = await page.locator(`${open > 0 ? "dialog[open] " : ""}select:visible:enabled`).elementHandles();
  for (const list of lists.slice(0, LISTS_TRIED)) {
    // A list that is folded away while nobody writes is gone when the focus goes on.
    if (!(await list.isVisible())) continue;
    const first = await list.evaluate((element) => (element as HTMLSelectElement).selectedIndex === 0);
    await list.focus();
    await page.keyboard.press(first ? "ArrowDown" : "ArrowUp");
    const stays = await list.evaluate((element) => element.isConnected && element === document.activeElement);
    expect(stays, "the focus stays in the list").toBe(true);
  }
}

interface Seen {
  name: string;
  widths?: readonly number[];
  narrow_only?: boolean;
}

/** The windows in which a scene is seen, the widest first; what is photographed is seen in all of them. */
export const sizesOf = ({ name, widths, narrow_only }: Seen): WindowSize[] => {
  const everywhere = PICTURES && !name.startsWith("screen-");
  return [
    ...WIDTHS.filter(({ width }) => (widths ?? USUAL).includes(width) || (everywhere && USUAL.includes(width))),
    ...(everywhere ? ALSO_SEEN : []),
  ]
    .filter(({ width }) => !PICTURES || !ONLY || ONLY.includes(width))
    .filter(({ width }) => !narrow_only || width <= NARROW_PX)
    .sort((a, b) => b.width - a.width);
};

/** Those that are seen at all: pictures may be wanted at few widths. */
export const drawn = <S extends Seen>(scenes: readonly S[]): S[] => scenes.filter((scene) => sizesOf(scene).length > 0);

export function widestOf(sizes: readonly WindowSize[]): WindowSize {
  const [widest] = sizes;
  if (!widest) throw new Error("it is seen nowhere");
  return widest;
}

/** A browser with a window, and the pages, for the tests of one file. */
export function useHouse(options: BrowserContextOptions = {}): () => House {
  let browser: Browser;
  let house: House;
  let served: Awaited<ReturnType<typeof servePages>>;
  beforeAll(async () => {
    browser = await launchChromium();
    served = await servePages();
    house = await House.open(browser, served.address, options);
  });
  afterAll(async () => {
    await browser.close();
    served.server.close();
  });
  return () => house;
}

/** As {@link useHouse}, for tests that do something with a view in one window: plays it, and hands it to the test. */
export function useStage(options: BrowserContextOptions = {}) {
  const house = useHouse(options);
  return async (
    view: MeetingView,
    { width = 1024, height = 800 }: { width?: number; height?: number },
    act: (stage: Stage) => Promise<void>,
  ): Promise<void> => act(await house().play(view, { width, height }));
}

/** The tests of these scenes: each is brought into its state once and judged in every window. */
export function testScenes(scenes: readonly ScreenScene[], house: () => House): void {
  test.each(drawn(scenes).map((scene) => [scene.name, scene] as const))("%s", async (name, scene) => {
    const { view, act, noisy } = scene;
    const sizes = sizesOf(scene);
    const stage = await house().play(view(), widestOf(sizes));
    await act?.(stage);
    await judge(stage.page, stage.traffic, name, sizes);
    const asked = stage.commands.length;
    await goThroughLists(stage.page);
    expect(stage.commands.length, "nothing was done by looking through a list").toBe(asked);
    if (!noisy) expect(stage.errors).toEqual([]);
  });
}
