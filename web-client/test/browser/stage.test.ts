/**
 * What is tried on screens in chosen states, with a scripted server: lists by keyboard, the focus under what sticks to the edges, the
 * gallery of 97 posters.
 */
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { MeetingView } from "../../src/protocol/protocol";
import { inGalleryOrder } from "../../src/meeting/gallery";
import { viewOf } from "../support/fixture";
import { choose, press, seenOnTheWay } from "../support/hands";
import { useStage } from "../support/judging";
import { sceneOf } from "../support/scenes";
import type { Stage } from "../support/stage";

const WAIT_MS = 10_000;
const on = useStage();

const sent = (stage: Stage): string[] => stage.commands.map(({ command }) => command.type);
const noteOf = (page: Page, text: string): Locator => page.getByRole("article").filter({ hasText: text });

test("arrow keys go through the lists of a note's menu and do nothing; the button does what was chosen", async () => {
  await on(viewOf({ role: "participant", template: "now_ideal_step" }), { width: 320 }, async (stage) => {
    const { page } = stage;
    const note = noteOf(page, "評価の面談");
    await press(page, note.getByRole("button", { name: /^操作/ }));
    await choose(page, note.getByLabel("移動先"), "一歩");
    expect(sent(stage), "passing over 「ありたい姿」 moves nothing").toEqual([]);
    await press(page, note.getByRole("button", { name: "移す", exact: true }));
    await expect
      .poll(() => stage.commands.at(-1)?.command, { timeout: WAIT_MS })
      .toMatchObject({
        type: "move_note",
        note: 31,
        area: 2,
      });
    expect(stage.commands.length).toBe(1);
    // It has gone to another part of the page, and the keyboard with it.
    const step = page.locator("section.area").nth(2).getByRole("article").filter({ hasText: "評価の面談" });
    const handle = step.getByRole("button", { name: /^動かす/ });
    await expect
      .poll(() => handle.evaluate((element) => element === document.activeElement), { timeout: WAIT_MS })
      .toBe(true);
  });
});

test("a cluster is chosen with arrow keys and set by the button, by keyboard, mouse and touch alike", async () => {
  const view = viewOf({
    role: "participant",
    change: ({ seat }) => {
      if (seat) seat.board.clusters = { 1: { id: 1, name: "面談" }, 2: { id: 2, name: "異動" } };
    },
  });
  await on(view, { width: 320 }, async (stage) => {
    const { page } = stage;
    const note = noteOf(page, "評価の面談");
    await press(page, note.getByRole("button", { name: /^操作/ }));
    await choose(page, note.getByLabel("まとまり"), "異動");
    expect(sent(stage)).toEqual([]);
    await press(page, note.getByRole("button", { name: "決める" }));
    await expect
      .poll(() => stage.commands.at(-1)?.command, { timeout: WAIT_MS })
      .toMatchObject({
        type: "set_cluster",
        note: 31,
        cluster: 2,
      });
    expect(stage.commands.length).toBe(1);
    // By mouse: opened, chosen, set.
    const other = noteOf(page, "若手が");
    await other.getByRole("button", { name: /^操作/ }).click();
    await other.getByLabel("まとまり").selectOption({ label: "面談" });
    expect(stage.commands.length).toBe(1);
    await other.getByRole("button", { name: "決める" }).click();
    await expect
      .poll(() => stage.commands.at(-1)?.command, { timeout: WAIT_MS })
      .toMatchObject({
        type: "set_cluster",
        note: 32,
        cluster: 1,
      });
  });
});

test.each([320, 1280])("no note has the focus under what sticks to the edges, at %d px", async (width) => {
  const { view, act } = sceneOf("participant-room-forty");
  const crowded = view();
  // Enough for three pages; every stop takes its two frames.
  if (crowded.seat)
    crowded.seat.board.notes = Object.fromEntries(Object.entries(crowded.seat.board.notes).slice(0, 14));
  await on(crowded, { width, height: 640 }, async (stage) => {
    const { page } = stage;
    await act?.(stage);
    await stage.traffic.settled();
    const last = page.getByRole("article").last().getByRole("button").last();
    // Down to the last note, on into the composer that unfolds there, and all the way back up.
    const stops: Record<string, number> = {};
    for (const [key, end] of [
      ["Tab", last],
      ["Tab", page.getByLabel("付箋を書く")],
      ["Shift+Tab", page.getByRole("article").first().getByRole("button").first()],
    ] as const) {
      stops[key] = (stops[key] ?? 0) + (await seenOnTheWay(page, key, end));
    }
    expect(stops["Tab"]).toBeGreaterThan(40);
    expect(stops["Shift+Tab"]).toBeGreaterThan(40);
  });
});

describe("the gallery of 97 posters", () => {
  const teamsOf = async (page: Page): Promise<string[]> =>
    page.locator(".posters article > p:first-child bdi").allTextContents();
  const teamNames = (view: MeetingView): string[] =>
    inGalleryOrder(Object.values(view.posters), view.me.person).map(({ team }) => {
      const { region, name } = view.teams[team] ?? {};
      return `${region} ${name}`;
    });

  test("each person's order is their own, by the rule of the protocol, and stays after a reload", async () => {
    const orders: string[][] = [];
    for (const person of [102, 240]) {
      const view = viewOf({ role: "participant", running: "posters", change: ({ me }) => (me.person = person) });
      await on(view, {}, async ({ page }) => {
        await page.locator(".posters article").first().waitFor();
        const order = await teamsOf(page);
        expect(order.length).toBe(97);
        expect(order).toEqual(teamNames(view));
        await page.reload();
        await page.locator(".posters article").first().waitFor();
        expect(await teamsOf(page)).toEqual(order);
        orders.push(order);
      });
    }
    expect(orders[0]).not.toEqual(orders[1]);
    expect([...(orders[0] ?? [])].sort()).toEqual([...(orders[1] ?? [])].sort());
  });

  test("searched by region, municipality or title, in any width of letters; seen ones are left out when asked", async () => {
    const view = viewOf({
      role: "participant",
      running: "posters",
      change: ({ posters }) => {
        const [poster] = Object.values(posters);
        if (poster) poster.title = "ＤＸと対話 ①";
      },
    });
    await on(view, { width: 320 }, async ({ page }) => {
      const field = page.getByRole("searchbox");
      await field.waitFor();
      const all = teamNames(view);
      const find = async (words: string): Promise<string[]> => {
        await field.fill(words);
        return teamsOf(page);
      };
      const east = all.filter((name) => name.startsWith("東北"));
      expect(east.length).toBe(27);
      expect(await find("東北"), "in one's own order still").toEqual(east);
      expect(await find("五所川原")).toEqual(["東北 五所川原市"]);
      expect(await find("dxと対話1")).toEqual(["東北 弘前市"]);
      expect(await find("　会津 坂下 ")).toEqual(["東北 会津坂下町"]);
      expect(await find("どこにもない")).toEqual([]);
      await page.getByRole("status").filter({ hasText: "あてはまるポスターはありません。" }).waitFor();
      expect((await find("")).length).toBe(97);
      await page.getByRole("button", { name: /^読む/ }).first().click();
      await page.getByText("1枚を見ました").waitFor();
      await page.getByLabel("まだ見ていないものだけ").check();
      expect(await teamsOf(page)).toEqual(all.slice(1));
    });
  });
});
