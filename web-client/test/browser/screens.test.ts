/**
 * Every screen in its states, narrow and wide: drawn without an error, nothing wider than the page, no axe violation, no list that
 * acts while one goes through it, in Japanese and in English. Which states there are is written in `support/states.ts`.
 */
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PreviewServer } from "vite";
import { VIEWS as CONSOLE_VIEWS } from "../../src/screens/console/views";
import { VIEWS as SECRETARIAT_VIEWS } from "../../src/screens/secretariat/views";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { PAGE_SCENES } from "../support/page-scenes";
import { SCENES } from "../support/scenes";
import { toEnglish } from "../support/speaking";
import { servePages, Stage } from "../support/stage";
import { STATES } from "../support/states";
import { Traffic } from "../support/traffic";
import { tooWide } from "../support/width";

const WIDTHS = [
  { width: 320, height: 640 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
] as const;
/** Only photographed, and only what is no wall: Zoom's side panel, small windows, full screens. */
const ALSO_SEEN = [
  { width: 336, height: 700 },
  { width: 400, height: 760 },
  { width: 480, height: 800 },
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
] as const;
const PICTURES = process.env["SCREENSHOTS"] !== undefined;
/** `PICTURE_WIDTHS=320,1440` takes fewer. */
const ONLY = process.env["PICTURE_WIDTHS"]?.split(",").map(Number);
const LOCALE = "ja-JP";
const USUAL: readonly number[] = [320, 1280];
/** A page may have hundreds of lists of the same kind. */
const LISTS_TRIED = 4;
const SMALLEST_PX = 14;
let browser: Browser;
let server: PreviewServer;
let address: string;

beforeAll(async () => {
  browser = await launchChromium();
  ({ server, address } = await servePages());
  if (PICTURES) mkdirSync("screenshots", { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

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

async function photograph(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  await page.screenshot({ path: `screenshots/${name}.png` });
  await page.screenshot({ path: `screenshots/${name}-full.png`, fullPage: true });
}

/** Takes the pictures when pictures are wanted, and says what is wrong with what is drawn. */
async function judge(page: Page, traffic: Traffic, name: string): Promise<void> {
  await traffic.settled();
  await photograph(page, name);
  expect(await tooWide(page), "nothing is wider than the page").toEqual([]);
  expect(await violationsOf(page)).toEqual([]);
  expect(await tooSmall(page), "no letter is smaller than 14 px").toEqual([]);
  if (!(await toEnglish(page))) return;
  await traffic.settled();
  await photograph(page, `${name}-en`);
  expect(await tooWide(page), "nor in English").toEqual([]);
}

/** Goes through the lists with the arrow keys, as a keyboard does that looks for its option (WCAG 3.2.2). */
async function goThroughLists(page: Page): Promise<void> {
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

const drawnAt = (name: string, widths?: readonly number[]) =>
  [
    ...WIDTHS.filter(({ width }) => (widths ?? USUAL).includes(width)),
    ...(PICTURES && !name.startsWith("screen-") ? ALSO_SEEN : []),
  ].filter(({ width }) => !PICTURES || !ONLY || ONLY.includes(width));

/** Those that are drawn at all: pictures may be wanted at few widths. */
const drawn = <S extends { name: string; widths?: readonly number[] }>(scenes: readonly S[]): S[] =>
  scenes.filter(({ name, widths }) => drawnAt(name, widths).length > 0);

test("every page, view and state of the list has its scene, and every scene stands in it", () => {
  const named = new Set(Object.values(STATES).flatMap((part) => Object.values(part).flat()));
  const all = [...SCENES, ...PAGE_SCENES].map(({ name }) => name);
  expect(
    [...named].filter((name) => !all.includes(name)),
    "named, but not drawn",
  ).toEqual([]);
  expect(
    all.filter((name) => !named.has(name)),
    "drawn, but not named",
  ).toEqual([]);
  expect(
    Object.values(STATES).flatMap((part) => Object.entries(part).filter(([, scenes]) => scenes.length === 0)),
  ).toEqual([]);
  expect(Object.keys(STATES.console)).toEqual(expect.arrayContaining([...CONSOLE_VIEWS]));
  expect(Object.keys(STATES.secretariat)).toEqual(expect.arrayContaining([...SECRETARIAT_VIEWS]));
});

describe.each(drawn(SCENES))("$name", ({ name, view, act, widths, noisy }) => {
  test.each(drawnAt(name, widths))("at $width px", async (viewport) => {
    const context = await browser.newContext({ viewport, locale: LOCALE });
    try {
      const stage = await Stage.open(context, address, view());
      await act?.(stage);
      await judge(stage.page, stage.traffic, `${name}-${viewport.width}`);
      const asked = stage.commands.length;
      await goThroughLists(stage.page);
      expect(stage.commands.length, "nothing was done by looking through a list").toBe(asked);
      if (!noisy) expect(stage.errors).toEqual([]);
    } finally {
      await context.close();
    }
  });
});

describe.each(drawn(PAGE_SCENES))("$name", ({ name, path, routes, act, widths, noisy, left_open }) => {
  test.each(drawnAt(name, widths))("at $width px", async (viewport) => {
    const context = await browser.newContext({ viewport, locale: LOCALE });
    try {
      const page = await context.newPage();
      const traffic = new Traffic(page, left_open);
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(`${message.text()} ${message.location().url}`);
      });
      await routes?.(page);
      await page.goto(address + path);
      await act(page);
      await judge(page, traffic, `${name}-${viewport.width}`);
      await goThroughLists(page);
      if (!noisy) expect(errors).toEqual([]);
    } finally {
      await context.close();
    }
  });
});
