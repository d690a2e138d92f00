/**
 * What happens on a screen from one moment to the next, with a scripted server: a window that changes its width, clocks that run,
 * notices that come, bars that are drawn.
 */
import { expect, test } from "vitest";
import type { MeetingView } from "../../src/protocol/protocol";
import { heard, listen, secondsPass } from "../support/aloud";
import { NOW, viewOf } from "../support/fixture";
import { useStage } from "../support/judging";
import { sceneOf } from "../support/scenes";

const WAIT_MS = 10_000;
const on = useStage();

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

test("a name that nobody has picked is not released, and the coordinator is told what that means", async () => {
  const { view, act } = sceneOf("coordinator-roster");
  await on(view(), { width: 1280 }, async (stage) => {
    const { page } = stage;
    await act?.(stage);
    await page
      .getByRole("button", { name: /^名前を空ける/ })
      .first()
      .click();
    await expect
      .poll(() => stage.commands.map(({ command }) => command), { timeout: WAIT_MS })
      .toMatchObject([{ type: "release_person" }]);
    stage.refuse({ code: "already_so" });
    await page.getByText("名前を選んだ端末はありません").waitFor();
    await page
      .getByRole("button", { name: /^名前を空ける/ })
      .first()
      .click();
    await expect.poll(() => stage.commands.length, { timeout: WAIT_MS }).toBe(2);
    stage.accept();
    await page.getByText("別の端末で選べるようにしました").waitFor();
  });
});

test.each([
  "participant-room-silent",
  "participant-room-help-coming",
  "coordinator",
  "secretariat-open",
  "screen-vote",
])("a screen reader is told nothing while only the clocks run: %s", async (name) => {
  const { view, act } = sceneOf(name);
  await on(view(), { width: 1280 }, async (stage) => {
    const { page } = stage;
    await act?.(stage);
    await stage.traffic.settled();
    await listen(page);
    await secondsPass(page, 2);
    expect(await heard(page)).toEqual([]);
  });
});

test.each([
  [62_000, "残り1分を切りました"],
  [12_000, "まもなく終わります"],
])("with %d ms left the clock changes its form in a moment, in words, too, said once", async (left_ms, line) => {
  const change = (view: MeetingView): void => {
    const round = view.rounds[1];
    if (round) round.phase = { phase: "open", opened_at: NOW - 60_000, ends_at: NOW + left_ms };
  };
  await on(viewOf({ role: "participant", change }), { width: 320 }, async ({ page }) => {
    const clock = page.locator("header .clock");
    const form = (): Promise<string> =>
      clock.evaluate((element) => {
        const { borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(element);
        return [borderTopWidth, borderTopColor, backgroundColor].join(" ");
      });
    await listen(page);
    const before = await form();
    await clock.getByText(line).waitFor();
    expect(await form()).not.toBe(before);
    await secondsPass(page, 2);
    expect((await heard(page)).filter((told) => told === line)).toHaveLength(1);
  });
});

test("what stands at the end of the page is not shut off by a notice", async () => {
  await on(viewOf({ role: "participant", running: "posters", vote: "open" }), { width: 320 }, async (stage) => {
    const { page } = stage;
    await page.getByRole("navigation").getByRole("button", { name: "投票" }).click();
    await page.getByRole("checkbox").nth(3).check();
    await page.getByRole("button", { name: "この内容で投票する" }).click();
    await expect
      .poll(() => stage.commands.map(({ command }) => command.type), { timeout: WAIT_MS })
      .toEqual(["cast_ballot"]);
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

test.each([
  [480, "below"],
  [1280, "beside"],
])("at %d px announcements stand %s what is counted", async (width, where) => {
  await on(viewOf({ role: "secretariat", running: "posters", vote: "open" }), { width }, async ({ page }) => {
    const topOf = async (name: string): Promise<number> =>
      (await page.getByRole("heading", { name, exact: true }).boundingBox())?.y ?? 0;
    await page.locator(".bar-row").first().waitFor();
    const below = (await topOf("お知らせ")) > (await topOf("集計"));
    expect(below).toBe(where === "below");
    expect((await topOf("投票のようす")) < 640).toBe(true);
  });
});

test("somebody else's comment is gone for good, so whoever runs the meeting is asked first", async () => {
  const change = (view: MeetingView): void => {
    const poster = view.posters[1];
    if (poster)
      poster.comments = {
        7: { id: 7, author: { person: 160, name: "むつ市 担当A" }, text: "参考になります", at: NOW },
      };
  };
  await on(viewOf({ role: "secretariat", running: "posters", change }), { width: 1280 }, async (stage) => {
    const { page } = stage;
    await page.getByRole("navigation").getByRole("button", { name: "ポスター" }).click();
    await page.getByRole("searchbox").fill("弘前市");
    await page.getByRole("button", { name: /^読む/ }).first().click();
    const card = page.getByRole("article").filter({ hasText: "参考になります" });
    await card.getByRole("button", { name: /^コメントを消す.*参考に/ }).click();
    await card.getByText("元に戻せません").waitFor();
    expect(stage.commands).toEqual([]);
    await card.getByRole("button", { name: "消す", exact: true }).click();
    await expect
      .poll(() => stage.commands.map(({ command }) => command), { timeout: WAIT_MS })
      .toMatchObject([{ type: "delete_comment", poster: 1, comment: 7 }]);
  });
});

test("where an open composer is 480 px wide, all that belongs to a note stands on one line below it", async () => {
  await on(viewOf({ role: "participant", template: "kpt" }), { width: 480 }, async ({ page }) => {
    await page.getByLabel("付箋を書く").focus();
    const line = page.locator("form.composer .choices");
    await line.getByRole("radio").first().waitFor();
    const heights = await line.evaluate((row) => [row.clientHeight, row.querySelector("button")?.clientHeight]);
    expect(heights[0]).toBeLessThan(1.2 * (heights[1] ?? 0));
  });
});

test("municipalities of six letters stand whole in the cells of the turnout", async () => {
  await on(viewOf({ role: "secretariat", running: "posters", vote: "open" }), { width: 1440 }, async ({ page }) => {
    const cells = page.locator(".cells li");
    await cells.filter({ hasText: "ひたちなか市" }).waitFor();
    const heights = await cells.evaluateAll((all) => all.map((cell) => cell.clientHeight));
    expect(heights.length).toBe(97);
    expect(new Set(heights).size).toBe(1);
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
    await steps.nth(4).waitFor();
    const tops = await steps.evaluateAll((all) => all.map((label) => label.getBoundingClientRect().top));
    expect(tops.length).toBe(5);
    expect(new Set(tops).size).toBe(1);
  });
});
