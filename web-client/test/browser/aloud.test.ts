/**
 * What is read aloud, and how often: what somebody did is told once, what is over in a blink not at all, and what changes with every
 * letter when the hands rest.
 */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { MeetingView } from "../../src/protocol/protocol";
import { heard, listen, secondsPass } from "../support/aloud";
import { note, NOW, viewOf } from "../support/fixture";
import { useStage } from "../support/judging";
import { toEnglish } from "../support/speaking";
import type { Stage } from "../support/stage";

const WAIT_MS = 10_000;
/** Longer than anything waits before it is told. */
const QUIET_S = 3;
const on = useStage();

const asked = (stage: Stage) => stage.commands.map(({ command }) => command.type);
const exact = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

test("a note that is posted is told once, when it is saved; a mark that is on its way for a blink is not told", async () => {
  await on(viewOf({ role: "participant" }), { width: 320 }, async (stage) => {
    const { page } = stage;
    await listen(page);
    for (const [id, text] of [
      [71, "面談の前に聞きたいこと"],
      [72, "面談のあとに話したこと"],
    ] as const) {
      const before = stage.commands.length;
      await page.getByLabel("付箋を書く").fill(text);
      await exact(page, "貼る").click();
      await expect.poll(() => stage.commands.length, { timeout: WAIT_MS }).toBe(before + 1);
      stage.accept([{ type: "note_added", board: 400, note: note(id, text) }], id);
      await page.getByRole("article").filter({ hasText: text }).getByText("保存しました").waitFor();
    }
    await page.getByRole("button", { name: /共感 0.*若手が/ }).click();
    await expect.poll(() => asked(stage).at(-1), { timeout: WAIT_MS }).toBe("mark_note");
    stage.accept([{ type: "note_marks_changed", board: 400, note: 32, marks: 1 }]);
    await page.getByRole("button", { name: /共感 1.*若手が/ }).waitFor();
    await secondsPass(page, QUIET_S);
    expect(await heard(page)).toEqual(["保存しました", "保存しました"]);
  });
});

test("what waits longer than a blink is told, and so is a line that is away", async () => {
  await on(viewOf({ role: "participant" }), { width: 320 }, async (stage) => {
    const { page } = stage;
    await listen(page);
    await page.getByRole("button", { name: /共感 0.*若手が/ }).click();
    await page.getByText("保存待ち 1件").waitFor();
    expect(await heard(page)).toEqual(["つながっています保存待ち 1件"]);
    await stage.cut();
    await page.getByText("つなぎ直しています").waitFor();
    expect((await heard(page)).at(-1)).toBe("つなぎ直しています保存待ち 1件");
  });
});

test("how many letters are left is told when the hands rest, not with every letter; it can be seen at once", async () => {
  await on(viewOf({ role: "participant" }), { width: 320 }, async ({ page }) => {
    const field = page.getByLabel("付箋を書く");
    await field.fill("あ".repeat(449));
    await listen(page);
    for (const letter of ["い", "ろ", "は", "に", "ほ"]) await page.keyboard.insertText(letter);
    expect(await page.locator("form .problem").textContent()).toBe("あと46文字");
    await expect.poll(() => heard(page), { timeout: WAIT_MS }).toEqual(["あと46文字"]);
    await field.fill("あ".repeat(503));
    await page.getByText("3文字多いです").first().waitFor();
    await expect.poll(() => heard(page), { timeout: WAIT_MS }).toEqual(["あと46文字", "3文字多いです"]);
    await secondsPass(page, QUIET_S);
    expect((await heard(page)).length).toBe(2);
  });
});

test("a call for help is told in whatever view the coordinator is, rooms that need something are seen only", async () => {
  await on(viewOf({ role: "coordinator" }), { width: 480 }, async (stage) => {
    const { page } = stage;
    await page.getByRole("navigation").getByRole("button", { name: "名簿" }).click();
    await listen(page);
    stage.happen([{ type: "help_changed", room: 409, help: { state: "called", by: 160, at: NOW } }]);
    await expect.poll(() => heard(page), { timeout: WAIT_MS }).toEqual(["部屋 10が助けを呼んでいます"]);
    await page.getByRole("navigation").getByRole("button", { name: "部屋", exact: true }).click();
    const calls = page.locator(".summary").getByText(/^助け \d/);
    const before = await calls.textContent();
    stage.happen([{ type: "help_changed", room: 406, help: { state: "quiet" } }]);
    await expect.poll(() => calls.textContent(), { timeout: WAIT_MS }).not.toBe(before);
    expect(await heard(page)).toEqual(["部屋 10が助けを呼んでいます"]);
  });
});

test("what another coordinator did is told, one's own is not told twice", async () => {
  await on(viewOf({ role: "coordinator" }), { width: 1280 }, async (stage) => {
    const { page } = stage;
    const done = (by: number, action: string): void =>
      stage.happen([{ type: "action_taken", action: { by, action, at: NOW } }]);
    done(2, "claim_help");
    await page.getByText("助けに向かいました").waitFor();
    await listen(page);
    done(1, "add_time");
    await page.getByText("時間を変えました").waitFor();
    expect(await heard(page)).toEqual([]);
    done(2, "set_facilitator");
    await page.getByText("部屋の幹事を決めました").waitFor();
    expect((await heard(page)).join()).toContain("部屋の幹事を決めました");
  });
});

test("who speaks next is told as a sentence; in English the name in it has a voice of its own", async () => {
  await on(viewOf({ role: "participant" }), { width: 320 }, async (stage) => {
    const { page } = stage;
    const speaks = (person: number): void =>
      stage.happen([
        {
          type: "turns_changed",
          room: 400,
          turns: {
            order: [100, 101, 103],
            state: { state: "speaking", person, started_at: NOW, ends_at: NOW + 60_000 },
            spoken_ms: {},
            had_turn: [100, 101, person],
          },
        },
      ]);
    await listen(page);
    speaks(100);
    await expect.poll(() => heard(page), { timeout: WAIT_MS }).toEqual(["弘前市 担当Aさんが話しています"]);
    await toEnglish(page);
    const line = page.locator("p.name").filter({ hasText: "弘前市 担当A is speaking" });
    await line.waitFor();
    const voices = await line.evaluate((p) =>
      [p, p.querySelector("bdi")].map((each) => each?.closest("[lang]")?.getAttribute("lang")),
    );
    expect(voices).toEqual(["en", "ja"]);
  });
});

test("notices are told one by one; each can be undone for its minute, however many come after it", async () => {
  const change = (view: MeetingView): void => {
    for (const id of [11, 12, 13, 14, 15])
      view.announcements[id] = { id, by: 1, text: `お知らせ ${id}`, at: NOW - 60_000, read: true, readers: 0 };
  };
  await on(viewOf({ role: "coordinator", change }), { width: 1280 }, async (stage) => {
    const { page } = stage;
    const notices = page.locator(".notice:visible");
    await listen(page);
    for (const [index, id] of [11, 12, 13, 14, 15].entries()) {
      await exact(page, "取り消す")
        .and(page.locator(`li:has-text("お知らせ ${id}") button`))
        .click();
      await expect.poll(() => stage.commands.length, { timeout: WAIT_MS }).toBe(index + 1);
      stage.accept([{ type: "announcement_withdrawn", announcement: id }]);
      await expect.poll(async () => (await heard(page)).length, { timeout: WAIT_MS }).toBe(index + 1);
    }
    for (const line of await heard(page)) expect(line.match(/元に戻す/g)).toHaveLength(1);
    await expect.poll(() => notices.count(), { timeout: WAIT_MS }).toBe(3);
    await exact(page, "これより前のもの（2件）").click();
    await expect.poll(() => notices.count(), { timeout: WAIT_MS }).toBe(5);
    await exact(page, "元に戻す").first().click();
    await expect
      .poll(() => stage.commands.at(-1)?.command, { timeout: WAIT_MS })
      .toMatchObject({ type: "announce", text: "お知らせ 11" });
  });
});
