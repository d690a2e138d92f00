/** Every screen in its main states, at both widths: drawn without an error, nothing wider than the page, no axe violation. */
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PreviewServer } from "vite";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
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

describe.each(SCENES)("$name", ({ name, view, act, widths, noisy }) => {
  const drawn = [
    ...WIDTHS.filter(({ width }) => (widths ?? USUAL).includes(width)),
    ...(PICTURES && !widths ? ALSO_SEEN : []),
  ].filter(({ width }) => !PICTURES || !ONLY || ONLY.includes(width));
  test.each(drawn)("at $width px", async (viewport) => {
    const context = await browser.newContext({ viewport, locale: "ja-JP" });
    try {
      const stage = await Stage.open(context, address, view());
      await act?.(stage);
      await stage.page.waitForLoadState("networkidle");
      if (PICTURES) {
        await stage.page.screenshot({ path: `screenshots/${name}-${viewport.width}.png` });
        await stage.page.screenshot({ path: `screenshots/${name}-${viewport.width}-full.png`, fullPage: true });
      }
      const overflow = await stage.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, "nothing is wider than the page").toBe(0);
      expect(await violationsOf(stage.page)).toEqual([]);
      if (!noisy) expect(stage.errors).toEqual([]);
    } finally {
      await context.close();
    }
  });
});
