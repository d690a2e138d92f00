/**
 * What is tried on screens in chosen states, with a scripted server: lists by keyboard, the gallery of 97 posters, hostile texts in
 * every place where somebody's words stand, and forced colours.
 */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MeetingView } from "../../src/protocol/protocol";
import { inGalleryOrder } from "../../src/meeting/gallery";
import { launchChromium } from "../support/chromium";
import { viewOf } from "../support/fixture";
import { choose, coveredFocus, press, tabTo } from "../support/hands";
import { House } from "../support/house";
import { harmDone, hostile, leaksOf } from "../support/hostile";
import { OPTIONS, joining } from "../support/page-scenes";
import { servePages } from "../support/pages";
import { coloursOf, contrast } from "../support/pixels";
import type { ScreenScene } from "../support/scene";
import { SCENES } from "../support/scenes";
import type { Stage } from "../support/stage";
import { tooWide } from "../support/width";

const WAIT_MS = 10_000;
let browser: Browser;
let served: Awaited<ReturnType<typeof servePages>>;
let house: House;
let forced_house: House;

beforeAll(async () => {
  browser = await launchChromium();
  served = await servePages();
  house = await House.open(browser, served.address);
  forced_house = await House.open(browser, served.address, { forcedColors: "active", colorScheme: "dark" });
});
afterAll(async () => {
  await browser.close();
  served.server.close();
});

interface Window {
  width?: number;
  height?: number;
  forced?: boolean;
}

async function on(
  view: MeetingView,
  { width = 1024, height = 800, forced = false }: Window,
  act: (stage: Stage) => Promise<void>,
): Promise<void> {
  await act(await (forced ? forced_house : house).play(view, { width, height }));
}

const sceneOf = (name: string): ScreenScene => {
  const scene = SCENES.find((each) => each.name === name);
  if (!scene) throw new Error(`no scene ${name}`);
  return scene;
};

/** Goes with one key from what has the focus to `end`; every stop must be seen whole (WCAG 2.4.11). Answers how many there were. */
async function seenOnTheWay(page: Page, key: "Tab" | "Shift+Tab", end: Locator): Promise<number> {
  const goal = await end.elementHandle();
  if (!goal) throw new Error("it is not there");
  for (let stops = 1; stops < 1_000; stops += 1) {
    await page.keyboard.press(key);
    expect(await coveredFocus(page)).toBe("");
    if (await goal.evaluate((element) => element === document.activeElement)) return stops;
  }
  throw new Error(`${String(end)} cannot be reached with the ${key} key`);
}

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

test("an announcement that is being written goes on while the window becomes narrow and wide again", async () => {
  await on(viewOf({ role: "coordinator" }), { width: 1280 }, async (stage) => {
    const { page } = stage;
    const field = page.getByLabel("全員に知らせる");
    await field.focus();
    await page.keyboard.insertText("あと5分で、");
    await page.setViewportSize({ width: 480, height: 800 });
    await page.getByRole("navigation").getByRole("button", { name: "進行表", exact: true }).waitFor();
    const writing = (): Promise<boolean> => field.evaluate((element) => element === document.activeElement);
    await expect.poll(writing, { timeout: WAIT_MS }).toBe(true);
    await page.keyboard.insertText("全体に");
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole("region", { name: "進行表" }).waitFor();
    await expect.poll(writing, { timeout: WAIT_MS }).toBe(true);
    await page.keyboard.insertText("戻ります。");
    expect(await field.inputValue()).toBe("あと5分で、全体に戻ります。");
    await page.keyboard.press("Control+Enter");
    await expect
      .poll(() => stage.commands.map(({ command }) => command), { timeout: WAIT_MS })
      .toMatchObject([{ type: "announce", text: "あと5分で、全体に戻ります。" }]);
  });
});

test("what stands at the end of the page is not shut off by a notice", async () => {
  await on(viewOf({ role: "participant", running: "posters", vote: "open" }), { width: 320 }, async (stage) => {
    const { page } = stage;
    await page.getByRole("navigation").getByRole("button", { name: "投票" }).click();
    await page.getByRole("checkbox").nth(3).check();
    await page.getByRole("button", { name: "この内容で投票する" }).click();
    await expect.poll(() => sent(stage), { timeout: WAIT_MS }).toEqual(["cast_ballot"]);
    stage.accept();
    const notice = page.locator(".notice");
    await notice.waitFor();
    const gap = async (): Promise<number> => {
      await page.evaluate(() => scrollTo({ top: document.body.scrollHeight, behavior: "instant" }));
      const end = await page.getByText("この端末で投票する人を切り替える").boundingBox();
      return ((await notice.boundingBox())?.y ?? 0) - (end ? end.y + end.height : Infinity);
    };
    await expect.poll(gap, { timeout: WAIT_MS / 2 }).toBeGreaterThanOrEqual(0);
  });
});

test("the bars of the tally stand in their lines at the first look", async () => {
  await on(viewOf({ role: "secretariat", running: "posters", vote: "open" }), { width: 1280 }, async ({ page }) => {
    const rows = page.locator(".bar-row");
    await rows.first().waitFor();
    const tops = await rows.evaluateAll((all) => all.map((row) => Math.round(row.getBoundingClientRect().top)));
    expect(tops.length).toBe(97);
    expect(new Set(tops).size).toBe(97);
  });
});

test("five steps of a question stand on one line of the narrowest window", async () => {
  const { view, act } = sceneOf("participant-questionnaire");
  await on(view(), { width: 320 }, async (stage) => {
    await act?.(stage);
    const steps = stage.page.getByRole("group", { name: /満足度/ }).locator("label");
    const tops = await steps.evaluateAll((all) => all.map((label) => label.getBoundingClientRect().top));
    expect(tops.length).toBe(5);
    expect(new Set(tops).size).toBe(1);
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

/** Where somebody's words stand: every part of every screen once. */
const PLACES: readonly string[] = [
  "participant-room-opening",
  "participant-room-menu",
  "participant-room-forty",
  "participant-nine",
  "participant-choose-room",
  "participant-after-round",
  "participant-plenary",
  "participant-menu",
  "participant-poster-own",
  "participant-vote",
  "participant-vote-published",
  "participant-reveal",
  "participant-questionnaire",
  "coordinator",
  "coordinator-moving",
  "coordinator-room-settings",
  "coordinator-grouping",
  "coordinator-roster",
  "coordinator-pulse",
  "coordinator-questions",
  "secretariat-open",
  "secretariat-table",
  "secretariat-reveal",
  "secretariat-questions",
  "screen-round",
  "screen-reveal-others",
  "screen-reveal-tied",
  "preparation",
];

describe("hostile texts are shown as they are written, stay in their place and turn nothing round", () => {
  const scenes = SCENES.filter(({ name }) => PLACES.includes(name));
  test("every place has a scene", () => expect(scenes.length).toBe(PLACES.length));

  test.each(scenes)("$name", async ({ name, view, act, noisy }) => {
    const width = name.startsWith("screen-") ? 1280 : 320;
    await on(hostile(view()), { width }, async (stage) => {
      await act?.(stage);
      await stage.traffic.settled();
      expect(await leaksOf(stage.page)).toEqual([]);
      expect(await tooWide(stage.page), "nothing is wider than the page").toEqual([]);
      expect(await harmDone(stage.page)).toBe(false);
      if (!noisy) expect(stage.errors).toEqual([]);
    });
  });

  test("joining", async () => {
    const context = await browser.newContext({ viewport: { width: 320, height: 800 }, locale: "ja-JP" });
    const page = await context.newPage();
    await joining(hostile(OPTIONS))(page);
    await page.goto(`${served.address}/j#SHARED`);
    await page.getByRole("radio", { disabled: false }).first().check();
    expect(await leaksOf(page)).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    expect(await harmDone(page)).toBe(false);
    await context.close();
  });
});

describe("in forced colours, light on dark", () => {
  const CONTRAST_MIN = 3;
  /** A bar, a line or a ring must have 3:1 against what is beside it (WCAG 1.4.11). */
  async function isSeen(part: Locator, what: string): Promise<void> {
    const [[ground] = [""], ...others] = await coloursOf(browser, part);
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
    await on(view(), { width, forced: true }, async (stage) => {
      await act?.(stage);
      await stage.traffic.settled();
      for (const part of parts) await isSeen(stage.page.locator(part).first(), part);
    });
  });
  test("the focus is seen on participants', coordinators' and the secretariat's pages", async () => {
    for (const role of ["participant", "coordinator", "secretariat"] as const) {
      await on(
        viewOf({ role, running: role === "secretariat" ? "posters" : "dialogue" }),
        { forced: true },
        async ({ page }) => {
          await ringIsSeen(page, page.getByRole("button").filter({ visible: true }).nth(2));
        },
      );
    }
  });
  test("what is chosen is told by more than its colour", async () => {
    await on(viewOf({ role: "participant", running: "posters", vote: "open" }), { forced: true }, async (stage) => {
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
