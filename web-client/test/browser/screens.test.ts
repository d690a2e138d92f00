/** Every screen in its main states, at both widths: drawn without an error, nothing wider than the page, no axe violation. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PreviewServer } from "vite";
import { launchChromium } from "../support/chromium";
import { SCENES } from "../support/scenes";
import { servePages, Stage } from "../support/stage";

const WIDTHS = [
  { width: 320, height: 640 },
  { width: 1280, height: 800 },
] as const;
const axe_source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe_source);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary ?? ""}`);
}

let browser: Browser;
let server: PreviewServer;
let address: string;

beforeAll(async () => {
  browser = await launchChromium();
  ({ server, address } = await servePages());
  if (process.env["SCREENSHOTS"]) mkdirSync("screenshots", { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

describe.each(SCENES)("$name", ({ name, view, act, widths }) => {
  test.each(WIDTHS.filter(({ width }) => !widths || widths.includes(width)))("at $width px", async (viewport) => {
    const context = await browser.newContext({ viewport, locale: "ja-JP" });
    try {
      const stage = await Stage.open(context, address, view());
      await act?.(stage);
      await stage.page.waitForLoadState("networkidle");
      if (process.env["SCREENSHOTS"]) {
        await stage.page.screenshot({ path: `screenshots/${name}-${viewport.width}.png` });
        await stage.page.screenshot({ path: `screenshots/${name}-${viewport.width}-full.png`, fullPage: true });
      }
      const overflow = await stage.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, "nothing is wider than the page").toBe(0);
      expect(await violationsOf(stage.page)).toEqual([]);
      expect(stage.errors).toEqual([]);
    } finally {
      await context.close();
    }
  });
});
