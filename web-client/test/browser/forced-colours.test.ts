/** A computer that shows everything in few colours of its own, light on dark: nothing may be told by a colour of ours alone. */
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { viewOf } from "../support/fixture";
import { tabTo } from "../support/hands";
import { useStage } from "../support/judging";
import { coloursOf, contrast } from "../support/pixels";
import { sceneOf } from "../support/scenes";

const WAIT_MS = 10_000;
const on = useStage({ forcedColors: "active", colorScheme: "dark" });

describe("in forced colours, light on dark", () => {
  const CONTRAST_MIN = 3;
  /** A bar, a line or a ring must have 3:1 against what is beside it (WCAG 1.4.11). */
  async function isSeen(part: Locator, what: string): Promise<void> {
    const [[ground] = [""], ...others] = await coloursOf(part);
    const best = Math.max(
      1,
      ...others.filter(([, share]) => share > 0.002).map(([colour]) => contrast(ground, colour)),
    );
    expect(best, what).toBeGreaterThanOrEqual(CONTRAST_MIN);
  }
  async function ringIsSeen(page: Page, button: Locator): Promise<void> {
    await tabTo(page, button);
    const { style, width, colour, ground } = await button.evaluate((element) => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
      const { backgroundColor } = getComputedStyle(document.body);
      return { style: outlineStyle, width: parseFloat(outlineWidth), colour: outlineColor, ground: backgroundColor };
    });
    const numbers = (text: string): string => (text.match(/\d+/g) ?? []).slice(0, 3).join(",");
    expect(style).toBe("solid");
    expect(width).toBeGreaterThanOrEqual(2);
    expect(contrast(numbers(colour), numbers(ground))).toBeGreaterThanOrEqual(CONTRAST_MIN);
  }
  const PARTS: [scene: string, width: number, parts: string[]][] = [
    ["participant-after-round", 320, [".balance li:nth-child(2) .track"]],
    ["participant-pulse", 320, ["figure svg[role=img]", "input[type=range]"]],
    ["coordinator-pulse", 1280, ["figure svg[role=img]"]],
    ["secretariat-open", 1280, [".bar-row .track", "figure svg[role=img]"]],
    ["secretariat-questions", 1280, [".options .track"]],
    ["screen-vote", 1280, [".turnout .track"]],
  ];
  test.each(PARTS)("bars and lines of %s", async (name, width, parts) => {
    const { view, act } = sceneOf(name);
    await on(view(), { width }, async (stage) => {
      await act?.(stage);
      await stage.traffic.settled();
      for (const part of parts) await isSeen(stage.page.locator(part).first(), part);
    });
  });
  test("the focus is seen on participants', coordinators' and the secretariat's pages", async () => {
    for (const role of ["participant", "coordinator", "secretariat"] as const) {
      await on(viewOf({ role, running: role === "secretariat" ? "posters" : "dialogue" }), {}, async ({ page }) => {
        await ringIsSeen(page, page.getByRole("button").filter({ visible: true }).nth(2));
      });
    }
  });
  test("what is chosen is told by more than its colour", async () => {
    await on(viewOf({ role: "participant", running: "posters", vote: "open" }), {}, async (stage) => {
      const { page } = stage;
      const interest = page.getByRole("button", { name: /持ち帰りたい/ }).first();
      const before = await interest.textContent();
      await interest.click();
      await expect.poll(() => interest.textContent(), { timeout: WAIT_MS }).not.toBe(before);
      const tab = page.getByRole("navigation").locator("[aria-current]");
      expect(await tab.evaluate((element) => getComputedStyle(element).borderTopWidth)).toBe("4px");
    });
  });
});
