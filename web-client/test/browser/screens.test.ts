/** Every screen in its main states, at both widths: drawn without an error, nothing wider than the page, no axe violation. */
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PreviewServer } from "vite";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { PAGE_SCENES } from "../support/page-scenes";
import { SCENES } from "../support/scenes";
import { servePages, Stage } from "../support/stage";

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

/** Takes the picture when pictures are wanted, and says what is wrong with what is drawn. */
async function judge(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  if (PICTURES) {
    await page.screenshot({ path: `screenshots/${name}.png` });
    await page.screenshot({ path: `screenshots/${name}-full.png`, fullPage: true });
  }
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, "nothing is wider than the page").toBe(0);
  expect(await violationsOf(page)).toEqual([]);
}

const drawnAt = (widths?: readonly number[]) =>
  [
    ...WIDTHS.filter(({ width }) => (widths ?? USUAL).includes(width)),
    ...(PICTURES && !widths ? ALSO_SEEN : []),
  ].filter(({ width }) => !PICTURES || !ONLY || ONLY.includes(width));

describe.each(SCENES)("$name", ({ name, view, act, widths, noisy }) => {
  test.each(drawnAt(widths))("at $width px", async (viewport) => {
    const context = await browser.newContext({ viewport, locale: LOCALE });
    try {
      const stage = await Stage.open(context, address, view());
      await act?.(stage);
      await judge(stage.page, `${name}-${viewport.width}`);
      if (!noisy) expect(stage.errors).toEqual([]);
    } finally {
      await context.close();
    }
  });
});

describe.each(PAGE_SCENES)("$name", ({ name, path, routes, act, noisy }) => {
  test.each(drawnAt())("at $width px", async (viewport) => {
    const context = await browser.newContext({ viewport, locale: LOCALE });
    try {
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(`${message.text()} ${message.location().url}`);
      });
      await routes?.(page);
      await page.goto(address + path);
      await act(page);
      await judge(page, `${name}-${viewport.width}`);
      if (!noisy) expect(errors).toEqual([]);
    } finally {
      await context.close();
    }
  });
});
