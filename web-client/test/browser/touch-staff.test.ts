/**
 * The staff with fingers alone: the console and the tally on a tablet, where people are carried from room to room, too; a facilitator and a
 * call for help in a narrow window; and a preparation from the first form to the links.
 */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonalLink } from "../../src/protocol/protocol";
import { launchChromium } from "../support/chromium";
import { Desk, linksOf } from "../support/desk";
import { Engawa } from "../support/engawa";
import { SOON_MS } from "../support/hands";
import { noteOf } from "../support/people";
import {
  Fingers,
  NARROW,
  openToTouch,
  TABLET,
  tapAndChoose,
  tapAndChooseFiles,
  tapAndWrite,
  tooSmallToTouch,
  TOUCH,
} from "../support/touch";
import { png } from "../support/uploads";
import { tooWide } from "../support/width";

let browser: Browser;
let server: Engawa;
let people: PersonalLink[];
let staff: PersonalLink[];
/** Two of two municipalities. */
let there: Page[];
let tablet: Page;

const button = (on: Page | Locator, name: string | RegExp) => on.getByRole("button", { name });
const exact = (on: Page | Locator, name: string) => on.getByRole("button", { name, exact: true });
const tab = (page: Page, name: RegExp | string) => button(page.getByRole("navigation"), name).tap();
const card = (page: Page, number: number) =>
  page.getByRole("article").filter({ has: page.getByRole("heading", { name: new RegExp(`^部屋 ${number}\\b`) }) });
async function fits(page: Page): Promise<void> {
  expect(await tooSmallToTouch(page)).toEqual([]);
  expect(await tooWide(page)).toEqual([]);
}
const roomOf = async (page: Page): Promise<number> => {
  const heading = page.getByRole("heading", { name: /^あなたは部屋 \d+ です$/ });
  await heading.waitFor();
  return Number(/\d+/.exec((await heading.textContent()) ?? "")?.[0]);
};
/** Where a finger takes hold of somebody. */
const handleOf = (on: Locator, person: string): Locator =>
  on.locator("label.chip").filter({ hasText: person }).locator(".handle");
const linkOf = (role: string, index: number): string => staff.filter((each) => each.role === role)[index]?.link ?? "";

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  const { personal } = await linksOf(server);
  staff = personal.filter(({ role }) => role !== "participant");
  people = personal.filter(({ role }) => role === "participant").filter((_, index) => index % 3 === 0);
  there = await Promise.all(people.slice(0, 2).map(({ link }) => openToTouch(browser, link)));
  tablet = await openToTouch(browser, linkOf("coordinator", 0), TABLET);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("the console on a tablet: rooms are proposed and opened, a person is moved by tapping", async () => {
  await tab(tablet, /^対応/);
  await tablet.getByText("参加 2/291人").waitFor();
  await tab(tablet, /^進行表/);
  await button(tablet, /^部屋割り.*対話3/).tap();
  const dialog = tablet.getByRole("dialog");
  await tapAndChoose(dialog.getByLabel("分け方"), "自治体ごと");
  await exact(dialog, "案を作る").tap();
  await dialog.getByText("2部屋、1部屋1〜1人").waitFor();
  await fits(tablet);
  // In the proposal, too, a finger carries people from room to room.
  const proposed = (number: number): Locator =>
    dialog
      .getByRole("listitem")
      .filter({ has: tablet.getByRole("heading", { name: new RegExp(`^部屋 ${number}\\b`) }) });
  const [person] = people;
  if (!person) throw new Error("nobody on the roster");
  const fingers = await Fingers.on(tablet);
  await fingers.drag(handleOf(proposed(1), person.name), proposed(2));
  await dialog.getByText("手で直した案です").waitFor();
  await fingers.drag(handleOf(proposed(2), person.name), proposed(1));
  await handleOf(proposed(1), person.name).waitFor();
  await exact(dialog, "この案で開く").tap();
  expect((await Promise.all(there.map(roomOf))).sort()).toEqual([1, 2]);

  await tab(tablet, /^部屋$/);
  await button(card(tablet, 1), /^名前/).tap();
  await card(tablet, 1).getByRole("checkbox").tap();
  await fits(tablet);
  await tapAndChoose(tablet.getByLabel("移す先", { exact: true }), "部屋 2");
  await exact(tablet, "1人を移す").tap();
  await expect.poll(() => Promise.all(there.map(roomOf)), { timeout: SOON_MS }).toEqual([2, 2]);
});

test("a finger carries a person to another room, and puts nobody anywhere beside the rooms", async () => {
  const [person] = people;
  const [page] = there;
  if (!person || !page) throw new Error("nobody there");
  const fingers = await Fingers.on(tablet);
  await button(card(tablet, 2), /^名前/).tap();
  const handle = handleOf(card(tablet, 2), person.name);
  // Let go over what is no room: nobody moves. What is done next shows that nothing was on its way.
  await fingers.drag(handle, tablet.getByRole("navigation"));
  await fingers.drag(handle, card(tablet, 1));
  await tablet.getByText("1人を部屋 1に移しました。").waitFor();
  await expect.poll(() => roomOf(page), { timeout: SOON_MS }).toBe(1);
  // Those who are picked go together.
  const other = people[1]?.name ?? "";
  for (const [room, name] of [
    [1, person.name],
    [2, other],
  ] as const) {
    await card(tablet, room).locator("label.chip").filter({ hasText: name }).tap();
  }
  await tablet.getByText("2人を選んでいます").waitFor();
  await fingers.drag(handleOf(card(tablet, 1), person.name), card(tablet, 2));
  await expect.poll(() => Promise.all(there.map(roomOf)), { timeout: SOON_MS }).toEqual([2, 2]);
});

test("the clock is stopped and goes on, time is added; all rooms are spoken to", async () => {
  const clock = tablet.getByRole("timer");
  await exact(tablet, "止める").tap();
  await there[0]?.getByText("一時停止中").first().waitFor();
  await exact(tablet, "再開する").tap();
  await there[0]?.getByText("一時停止中").first().waitFor({ state: "hidden" });
  const minutes = async (): Promise<number> => Number(((await clock.textContent()) ?? "").split(":")[0]);
  const before = await minutes();
  await exact(tablet, "+5分").tap();
  await expect.poll(minutes, { timeout: SOON_MS }).toBeGreaterThan(before + 2);
  await exact(tablet, "+1分").tap();
  await tab(tablet, /^対応/);
  await tapAndWrite(tablet, tablet.getByLabel("全員に知らせる"), "あと5分です");
  await fits(tablet);
  await exact(tablet, "知らせる").tap();
  const [first] = there;
  if (!first) throw new Error("nobody there");
  await exact(first.locator(".unread"), "読みました").tap();
  await tablet.getByText(/人のうち1人が読みました/).waitFor();
});

test("a facilitator in a narrow window: a room gets its name, is looked at, written into, tidied, and left", async () => {
  const guide = await openToTouch(browser, linkOf("facilitator", 0), NARROW);
  const [page] = there;
  if (!page) throw new Error("nobody there");
  await fits(guide);
  await button(card(guide, 2), /^設定/).tap();
  const dialog = guide.getByRole("dialog");
  await tapAndWrite(guide, dialog.getByLabel("部屋の名前（なくてもかまいません）"), "庁内の調整の部屋");
  await tapAndChoose(dialog.getByLabel("この部屋の幹事"), "（幹事）");
  await fits(guide);
  await exact(dialog, "保存").tap();
  await card(guide, 2).getByText("庁内の調整の部屋").waitFor();
  await card(guide, 2)
    .getByText(/^幹事：/)
    .waitFor();
  await exact(guide, "+1分").tap();

  await button(card(guide, 2), /^見る/).tap();
  await guide.getByRole("heading", { name: "部屋 2 を見ています" }).waitFor();
  await fits(guide);
  await tapAndWrite(guide, guide.getByLabel("付箋を書く"), "幹事から：まず一人ずつ");
  await exact(guide, "貼る").tap();
  await noteOf(page, "幹事から：まず一人ずつ").waitFor();
  await exact(page, "移りました").tap();
  await tapAndWrite(page, page.getByLabel("付箋を書く"), "窓口の待ち次間");
  await exact(page, "貼る").tap();
  const note = noteOf(guide, "窓口の");
  await button(note, /^操作/).tap();
  await fits(guide);
  await exact(note, "書き直す").tap();
  await tapAndWrite(guide, guide.getByLabel("書き直す"), "窓口の待ち時間");
  await exact(guide, "保存").tap();
  await noteOf(page, "窓口の待ち時間").getByText("さんが直しました").waitFor();
  const fingers = await Fingers.on(guide);
  await fingers.drag(button(noteOf(guide, "幹事から"), /^動かす/), noteOf(guide, "窓口の"));
  await tapAndWrite(guide, guide.getByLabel("まとまりの名前"), "はじめに");
  await exact(guide, "保存").tap();
  await page.getByRole("heading", { name: /はじめに/ }).waitFor();

  await exact(guide, "だまって書く時間にする").tap();
  await page.getByText("だまって書く時間です。").waitFor();
  await exact(guide, "だまって書く時間を終える（いっせいに見せる）").tap();
  await page.getByText("だまって書く時間です。").waitFor({ state: "hidden" });
  await exact(guide, "全体に戻る").tap();
  await guide.getByText("部屋を見るには、", { exact: false }).waitFor();
  await guide.context().close();
});

test("a call for help is taken in a narrow window; the room is looked at, and left", async () => {
  const narrow = await openToTouch(browser, linkOf("coordinator", 1), NARROW);
  const [first] = there;
  if (!first) throw new Error("nobody there");
  await exact(first, "助けを呼ぶ").tap();
  await tab(narrow, "対応（1）");
  await fits(narrow);
  await button(narrow, /^向かって部屋を見る/).tap();
  await first.getByText("さんが向かっています").first().waitFor();
  await narrow.getByRole("heading", { name: /を見ています$/ }).waitFor();
  await fits(narrow);
  await tab(narrow, /^対応/);
  await button(narrow, /^解決した/).tap();
  await exact(narrow, "解決した（消す）").tap();
  await exact(first, "助けを呼ぶ").waitFor();
  await exact(narrow, "すぐに終える").tap();
  await first.getByRole("heading", { name: "全体", exact: true }).waitFor();
  await narrow.context().close();
});

test("the tally on a tablet: opened, read as a table, closed, and revealed step by step", async () => {
  const office = await openToTouch(browser, linkOf("secretariat", 0), TABLET);
  await fits(office);
  await exact(office, "投票を開く").tap();
  await exact(office, "投票を締め切る").waitFor();
  const voters = people.slice(0, 3).map(({ link }) => new Desk(server, link));
  for (const [index, choices] of [[11, 12], [11, 12], [11]].entries())
    await voters[index]?.must({ type: "cast_ballot", choices });
  await office
    .locator("dl")
    .getByText(/^3 \/ 291/)
    .waitFor();
  await exact(office, "表で見る").last().tap();
  await office.getByRole("row").nth(1).getByText("1位", { exact: true }).waitFor();
  await fits(office);
  await exact(office, "投票を締め切る").tap();
  await exact(office, "締め切る").tap();
  await tapAndChoose(office.getByLabel("発表の順"), "下の順位から");
  await tapAndWrite(office, office.getByLabel("始める順位"), "2");
  await exact(office, "発表を始める").tap();
  await exact(office, "次（2位）を出す").tap();
  await fits(office);
  await exact(office, "次（1位）を出す").tap();
  await office.getByText("すべて発表しました。").waitFor();
  await office.context().close();
});

test("a preparation from the first form to the links, in a narrow window", async () => {
  const context = await browser.newContext({ viewport: NARROW, locale: "ja-JP", ...TOUCH });
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  const part = (name: string) => page.locator(`#part-${name}`);
  await page.goto(server.address);
  await page.getByRole("link", { name: "新しいミーティングを用意する" }).tap();
  await tapAndWrite(page, page.getByLabel("運用者の鍵"), server.adminKey);
  await tapAndWrite(page, page.getByLabel("題名"), "指で用意する研究会");
  await tapAndWrite(page, page.getByLabel("進行をする人の名前"), "事務局A");
  await fits(page);
  await exact(page, "ミーティングを作る").tap();
  await page.getByRole("heading", { name: "ミーティングの準備" }).waitFor();

  const lines = ["自治体,氏名", "弘前市,担当A", "むつ市,担当B"];
  await exact(page.getByRole("navigation"), "名簿").tap();
  await tapAndChooseFiles(page, button(part("roster"), /名簿のファイル/), {
    name: "名簿.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(lines.join("\r\n")),
  });
  await exact(part("roster"), "この2人を取り込む").tap();
  await part("roster").getByText("いま、名簿に3人、2自治体").waitFor();
  await tapAndChoose(part("agenda").getByLabel("ひな形"), "ポスターセッション");
  await exact(part("agenda"), "このひな形を見る").tap();
  await exact(part("agenda"), "この7ラウンドにする").tap();
  await part("agenda").getByText("いま、7ラウンドあります").waitFor();
  await tapAndChooseFiles(page, button(part("posters"), /ポスターのファイル/), [
    { name: "むつ市.png", mimeType: "image/png", buffer: png(60, 40, [200, 40, 40]) },
  ]);
  await exact(part("posters"), "1件をポスターとして登録する").tap();
  await part("posters").getByText("いま、2自治体のうち1自治体のポスターがあります").waitFor();
  await fits(page);
  const [book] = await Promise.all([page.waitForEvent("download"), exact(part("links"), "Excelで受け取る").tap()]);
  expect(book.suggestedFilename()).toContain("指で用意する研究会");
  await exact(part("links"), "印刷用のカード（QRコード）").tap();
  await page.getByRole("img", { name: "担当BのQRコード" }).waitFor();
  await fits(page);
  await exact(page, "準備に戻る").tap();
  await part("links").getByRole("heading", { name: "リンクを配る" }).waitFor();
  await context.close();
});
