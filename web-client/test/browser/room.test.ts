/**
 * A room over a real server, by the people in it and the coordinator beside them: the question, turns, silent writing, a finger
 * that drags, harvest, both texts of a conflict joined, announcements, a second device, who comes late, rooms that come and go.
 */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Desk, linksOf } from "../support/desk";
import { Engawa } from "../support/engawa";
import { isConnected, noteOf, People, pickName, SOON_MS, writeNote } from "../support/people";
import { Fingers } from "../support/touch";

let browser: Browser;
let server: Engawa;
let people: People;
let coordinator: Page;
/** Two of one municipality, so of one room; the first one's window has a screen to touch. */
let one: Page;
let two: Page;
let names: string[];

const button = (on: Page | Locator, name: string | RegExp) => on.getByRole("button", { name });
const exact = (on: Page | Locator, name: string) => on.getByRole("button", { name, exact: true });
const tab = (page: Page, name: RegExp) => page.getByRole("navigation").getByRole("button", { name }).click();
const count = (of: Locator, wanted: number) => expect.poll(() => of.count(), { timeout: SOON_MS }).toBe(wanted);

async function enter(page: Page, link: string): Promise<Page> {
  await page.goto(link);
  await isConnected(page);
  return page;
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  people = new People(browser);
  const { personal } = await linksOf(server);
  const team = personal.filter(({ name }) => name.startsWith("弘前市"));
  names = team.map(({ name }) => name);
  const touch = await browser.newContext({ viewport: { width: 320, height: 1400 }, locale: "ja-JP", hasTouch: true });
  one = await touch.newPage();
  one.setDefaultTimeout(SOON_MS);
  two = await people.window(400);
  coordinator = await people.window(1440);
  await enter(one, team[0]?.link ?? "");
  await enter(two, team[1]?.link ?? "");
  await enter(coordinator, server.links?.coordinator ?? "");
  await button(coordinator, /^開く.*対話1/).click();
  for (const page of [one, two]) await exact(page, "移りました").click();
}, 120_000);
afterAll(async () => {
  await people.close();
  await browser.close();
  await server.end();
});

test("the question folds, and stays folded after a reload", async () => {
  const question = one.locator("details.question");
  const text = question.getByRole("paragraph");
  await text.waitFor();
  await one.getByText("問い", { exact: true }).click();
  await text.waitFor({ state: "hidden" });
  // The browser tells of the fold a task later.
  await one.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  await one.reload();
  await isConnected(one);
  await question.waitFor();
  expect(await text.isVisible()).toBe(false);
  await one.getByText("問い", { exact: true }).click();
  await text.waitFor();
});

test("they speak in turn: who leaves theirs out is followed by the next; the room alone sees the balance", async () => {
  await button(one, "順番に話しはじめる").click();
  // Who begins is drawn by the meeting.
  const turn = (page: Page) => page.getByText("あなたの番です");
  await expect.poll(async () => (await turn(one).count()) + (await turn(two).count()), { timeout: SOON_MS }).toBe(1);
  const one_begins = (await turn(one).count()) === 1;
  const [first, second] = one_begins ? [one, two] : [two, one];
  const [first_name, second_name] = one_begins ? [names[0], names[1]] : [names[1], names[0]];
  await second.getByText(`${first_name}さんが話しています`).waitFor();
  await exact(first, "今回はパス").click();
  await turn(second).waitFor();
  await first.getByText(`${second_name}さんが話しています`).waitFor();
  await button(first, /^(次の人へ|一巡を終える)$/).click();
  await turn(second).waitFor({ state: "hidden" });
  await two.getByText("話した時間のめやす").click();
  const balance = two.locator(".balance li");
  await expect
    .poll(() => balance.allTextContents(), { timeout: SOON_MS })
    .toEqual(expect.arrayContaining([expect.stringMatching(`${names[0]}.*\\d:\\d\\d`)]));
  await two.getByText("この部屋の人にだけ見えています。", { exact: false }).waitFor();
  expect(await violationsOf(two)).toEqual([]);
});

test("written in silence, seen by nobody else, shown to all in one stroke", async () => {
  await exact(one, "だまって書く時間にする").click();
  await two.getByText("だまって書く時間です。", { exact: false }).waitFor();
  for (const [page, text] of [
    [one, "ひとりめの付箋"],
    [two, "ふたりめの付箋"],
  ] as const) {
    await writeNote(page, text);
    await noteOf(page, text).getByText("保存しました").waitFor();
  }
  expect(await noteOf(one, "ふたりめの").count()).toBe(0);
  expect(await noteOf(two, "ひとりめの").count()).toBe(0);
  await button(two, /^だまって書く時間を終える/).click();
  await noteOf(one, "ふたりめの").waitFor();
  await noteOf(two, "ひとりめの").waitFor();
});

test("a finger drags a note below another, and beside it into one group, which is dissolved, brought back, and dissolved again", async () => {
  const first = noteOf(one, "ひとりめの");
  const second = noteOf(one, "ふたりめの");
  const fingers = await Fingers.on(one);
  /** Drags the first note to a part of the second one's height. */
  const drag = (part: number) => fingers.drag(first.getByRole("button", { name: /^動かす/ }), second, part);
  const order = (): Promise<string[]> => two.getByRole("article").locator(".text").allTextContents();
  await expect.poll(order, { timeout: SOON_MS }).toEqual(["ひとりめの付箋", "ふたりめの付箋"]);
  await drag(0.9);
  await expect.poll(order, { timeout: SOON_MS }).toEqual(["ふたりめの付箋", "ひとりめの付箋"]);
  await drag(0.5);
  const cluster = two.locator("li.cluster");
  await count(cluster.getByRole("article"), 2);
  await button(cluster, /^ほどく/).click();
  await count(one.locator("li.cluster"), 0);
  await two.locator(".notice").getByRole("button", { name: "元に戻す" }).click();
  await count(one.locator("li.cluster").getByRole("article"), 2);
  await button(cluster, /^ほどく/).click();
  await count(one.locator("li.cluster"), 0);
});

test("a note is put before everybody, with the room it comes from", async () => {
  const note = noteOf(one, "ひとりめの");
  await button(note, /^操作/).click();
  await exact(note, "全体に出す").click();
  await note.getByText("全体に出ています").waitFor();
  await tab(two, /^全体/);
  await noteOf(two, "ひとりめの")
    .getByText(/^部屋 \d+（弘前市）から$/)
    .waitFor();
  await tab(two, /^部屋/);
});

test("a second device of the same person asks nothing; both texts of one note are joined into one", async () => {
  await button(one, "メニュー").click();
  await exact(one, "入口のQRコードを出す").click();
  const link = await one.getByLabel("あなた専用のリンク").inputValue();
  await one.keyboard.press("Escape");
  const phone = await enter(await people.window(320), link);
  const title = "ふたつの画面の付箋";
  await writeNote(one, title);
  for (const page of [one, phone]) {
    await button(noteOf(page, title), /^操作/).click();
    await exact(noteOf(page, title), "書き直す").click();
  }
  await phone.getByLabel("書き直す").fill("電話で直した文");
  await exact(phone, "保存").click();
  await noteOf(two, "電話で直した文").waitFor();
  await one.getByLabel("書き直す").fill("パソコンで直した文");
  await exact(one, "保存").click();
  await exact(one, "両方をつなげて書き直す").click();
  expect(await one.getByLabel("書き直す").inputValue()).toBe("電話で直した文\nパソコンで直した文");
  await exact(one, "保存").click();
  await noteOf(phone, "電話で直した文\nパソコンで直した文").waitFor();
  await phone.context().close();
});

test("an announcement stays until it is read, over a reload, and can be looked up afterwards", async () => {
  await coordinator.getByLabel("全員に知らせる").fill("あと5分で全体に戻ります。");
  await exact(coordinator, "知らせる").click();
  const unread = (page: Page) => page.locator(".unread").filter({ hasText: "あと5分で" });
  await exact(unread(one), "読みました").click();
  await unread(one).waitFor({ state: "hidden" });
  await unread(two).waitFor();
  await Promise.all([one.reload(), two.reload()]);
  await unread(two).waitFor();
  await one.getByText("読んだお知らせ（1件）").click();
  await one.getByRole("listitem").filter({ hasText: "あと5分で全体に戻ります。" }).waitFor();
  expect(await unread(one).count()).toBe(0);
});

test("all clocks stand when the coordinator stops the round, and go on from there", async () => {
  await exact(coordinator, "止める").click();
  for (const page of [one, two]) await page.getByText("一時停止中").first().waitFor();
  const stands = await one.getByRole("timer").first().textContent();
  expect(await two.getByRole("timer").first().textContent()).toBe(stands);
  await exact(coordinator, "再開する").click();
  for (const page of [one, two]) {
    await expect.poll(() => page.getByRole("timer").first().textContent(), { timeout: SOON_MS }).not.toBe(stands);
  }
});

test("a ballot and a pulse given while the server is dead outlive the page, and arrive once", async () => {
  const secretariat = new Desk(server, server.links?.secretariat ?? "");
  await secretariat.must({ type: "open_vote" });
  await tab(two, /^投票/);
  await two.locator('fieldset input[type="checkbox"]:enabled').nth(3).check();
  await two.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await server.kill();
  await two.getByText("つなぎ直しています").waitFor();
  await exact(two, "この内容で投票する").click();
  await two.getByText("保存待ち 1件").waitFor();
  await tab(two, /^モヤモヤ/);
  await two.getByRole("slider").fill("70");
  await two.getByLabel("ひとこと（なくてもかまいません）").fill("<i>霧</i>\u202E");
  await exact(two, "送る").click();
  await two.getByText("保存待ち 2件").waitFor();
  await two.reload();
  await two.getByRole("heading", { name: "開いています…" }).waitFor();
  await server.run();
  await isConnected(two);
  await tab(two, /^モヤモヤ/);
  await two.getByText("あなたの答え：70%").waitFor();
  await two.locator("strong").getByText("1人の平均 70%").waitFor();
  await tab(two, /^投票/);
  await two.getByText("あなたの票は入っています。").waitFor();
  await two.getByText(/^投票した人：\d+人のうち1人$/).waitFor();
  expect(await two.getByText(/^保存待ち/).count()).toBe(0);
  await tab(coordinator, /^モヤモヤ指数/);
  await coordinator.getByText("<i>霧</i>", { exact: false }).first().waitFor();
  await tab(coordinator, /^部屋/);
  await tab(two, /^部屋/);
});

test("whoever comes late by writing a name is put into a room at once, and the coordinator sees where", async () => {
  const late = await people.window(320);
  await late.goto(server.links?.shared ?? "");
  const hostile = "<b>おくれた人</b>\u202E";
  await late.getByLabel("名前", { exact: true }).fill(hostile);
  await exact(late, "参加する").click();
  await isConnected(late);
  const heading = late.getByRole("heading", { name: /^あなたは部屋 \d+ です$/ });
  await heading.waitFor();
  const room = /部屋 \d+/.exec((await heading.textContent()) ?? "")?.[0] ?? "";
  const arrival = coordinator.locator("li.arrival").filter({ hasText: "<b>おくれた人</b>" });
  await arrival.getByText(room, { exact: false }).waitFor();
  await late.context().close();
});

test("a room is added and taken away again", async () => {
  const rooms = coordinator.getByRole("main").getByRole("article");
  const before = await rooms.count();
  expect(before).toBeGreaterThan(0);
  await exact(coordinator, "部屋を足す").click();
  await count(rooms, before + 1);
  // By its number: the order is that of what needs attention.
  await button(coordinator, new RegExp(`^設定.*部屋 ${before + 1}$`)).click();
  await exact(coordinator.getByRole("dialog"), "この部屋をなくす").click();
  await count(rooms, before);
});

test("a name that somebody picked by mistake is freed, and picked by whoever it belongs to", async () => {
  const name = names[2] ?? "";
  const mistaken = await people.window(320);
  await mistaken.goto(server.links?.shared ?? "");
  expect(await pickName(mistaken, name)).toBe(name);
  const right = await people.window(320);
  await right.goto(server.links?.shared ?? "");
  await right.getByLabel("名前・自治体・都道府県でさがす").fill(name);
  await right.getByText("使用中", { exact: true }).waitFor();
  await tab(coordinator, /^名簿とリンク/);
  await coordinator.getByLabel("名前・自治体でさがす").fill(name);
  await button(coordinator, new RegExp(`^名前を空ける.*${name}$`)).click();
  await coordinator.getByText(`${name}さんの名前を、別の端末で選べるようにしました。`).waitFor();
  await right.reload();
  expect(await pickName(right, name)).toBe(name);
});
