/**
 * A whole preparation by keyboard alone, from the first form to the printed links and the deletion: the focus to be seen at every step, and
 * never lost when what had it goes.
 */
import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Links } from "../../src/protocol/protocol";
import { launchChromium } from "../support/chromium";
import { Engawa } from "../support/engawa";
import { choose, chooseFiles, isSeen, pressSeen, seenOnTheWay, SOON_MS, tabTo, type } from "../support/hands";
import { isConnected } from "../support/people";
import { png } from "../support/uploads";

let browser: Browser;
let server: Engawa;
let page: Page;

const part = (name: string) => page.locator(`#part-${name}`);
const button = (on: Page | Locator, name: string | RegExp) => on.getByRole("button", { name });
const exact = (on: Page | Locator, name: string) => on.getByRole("button", { name, exact: true });
const hasFocus = (target: Locator) => target.evaluate((element) => element === document.activeElement);
/** The focus comes there by itself, and is seen there. */
async function standsOn(target: Locator): Promise<void> {
  await expect.poll(() => hasFocus(target), { timeout: SOON_MS, message: String(target) }).toBe(true);
  await isSeen(page);
}
/**
 * Goes through the parts of a field for a date, or for a date and a time, and writes each: they stand in the order of the language that
 * the browser itself speaks.
 */
async function writeMoment(field: Locator, wanted: string): Promise<void> {
  const [year = "", month = "", day = "", hour = "", minute = ""] = wanted.split(/[-T:]/);
  const half = hour === "" ? [] : [String(Number(hour) % 12).padStart(2, "0"), minute, Number(hour) < 12 ? "A" : "P"];
  await tabTo(page, field);
  await isSeen(page);
  for (const order of [
    [year, month, day, hour, minute],
    [month, day, year, ...half],
  ]) {
    for (let part = 0; part < order.length; part += 1) await page.keyboard.press("ArrowLeft");
    for (const part of order) {
      await page.keyboard.type(part);
      // A year may have six digits, so it does not know when it is full.
      if (part === year) await page.keyboard.press("ArrowRight");
    }
    if ((await field.inputValue()) === wanted) return;
  }
  throw new Error(`${wanted} cannot be written: ${await field.inputValue()}`);
}
async function saved(target: Locator): Promise<Buffer> {
  await tabTo(page, target);
  await isSeen(page);
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  return readFileSync(await file.path());
}
async function linkOf(name: string): Promise<string> {
  const kept = await page.evaluate(() => sessionStorage.getItem("engawa.token"));
  const answer = await fetch(`${server.address}/api/links`, {
    headers: { Authorization: `Bearer ${JSON.parse(kept ?? '""') as string}` },
  });
  const { personal } = (await answer.json()) as Links;
  return personal.find((person) => person.name === name)?.link ?? "";
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  const context = await browser.newContext({ viewport: { width: 1024, height: 800 }, locale: "ja-JP" });
  // Printing is the system's; that it is asked for is counted.
  await context.addInitScript(() => {
    Object.assign(window, { printed: 0, print: () => Object.assign(window, { printed: 1 }) });
  });
  page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
});
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("a meeting is made; whoever mistook the key stays where they are", async () => {
  await page.goto(server.address);
  await pressSeen(page, page.getByRole("link", { name: "新しいミーティングを用意する" }));
  await type(page, page.getByLabel("運用者の鍵"), "wrong");
  await isSeen(page);
  await type(page, page.getByLabel("題名"), "手で用意する研究会");
  await writeMoment(page.getByLabel("日時（始まる時刻）"), "2031-11-29T13:30");
  await type(page, page.getByLabel("進行をする人の名前"), "事務局A");
  const make = button(page, "ミーティングを作る");
  await pressSeen(page, make);
  await page.getByText("この鍵では作れません").waitFor();
  await standsOn(make);
  await tabTo(page, page.getByLabel("運用者の鍵"), "Shift+Tab");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(server.adminKey);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "ミーティングの準備" }).waitFor();
});

test("title, date and another coordinator are changed where they stand", async () => {
  await pressSeen(page, button(page.getByRole("navigation"), "題名・日時・保存期限"));
  await standsOn(part("about").getByRole("heading", { name: "題名・日時・保存期限" }));
  await type(page, part("about").getByRole("textbox", { name: "題名" }), "手で用意する第2回");
  await writeMoment(part("about").getByRole("textbox", { name: "保存期限" }), "2032-03-31");
  const save = exact(part("about"), "保存");
  await pressSeen(page, save);
  await page.getByRole("heading", { name: "手で用意する第2回" }).waitFor();
  await standsOn(save);
  await pressSeen(page, part("about").getByRole("checkbox", { name: "名簿にない人も" }), "Space");
  await type(page, part("about").getByLabel("進行をする人を加える"), "事務局B");
  await page.keyboard.press("Enter");
  await page.getByText("事務局Bさんを加えました").waitFor();
  // What is told can be put away, and the keyboard is where it came from: the last thing on the page.
  await pressSeen(page, exact(page.getByRole("status"), "閉じる").last());
  await standsOn(button(part("remove"), "完全に消す"));
});

test("a roster comes from a file, is looked through and taken; another is not", async () => {
  const roster = part("roster");
  const lines = ["自治体,氏名,役割", "弘前市,担当A,", "弘前市,担当B,", "むつ市,担当C,村長", "むつ市,担当D,"];
  const file = { name: "名簿.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n")) };
  await pressSeen(page, button(page.getByRole("navigation"), "名簿"));
  await standsOn(roster.getByRole("heading", { name: "名簿", exact: true }));
  const field = button(roster, /名簿のファイル/);
  await chooseFiles(page, field, file);
  await roster.getByText("4人を取り込めます").waitFor();
  await standsOn(field);
  await pressSeen(page, button(roster, "取り込まない"));
  await standsOn(roster.getByRole("heading", { name: "名簿", exact: true }));
  await chooseFiles(page, field, file);
  await roster.getByText("4人を取り込めます").waitFor();
  // What scrolls is reached, and what is folded opens.
  await tabTo(page, roster.getByRole("region", { name: /確かめてほしいところ/ }));
  await isSeen(page);
  await pressSeen(page, roster.locator("summary"), "Space");
  await tabTo(page, roster.getByRole("region", { name: "取り込む行（4行）" }));
  await isSeen(page);
  await pressSeen(page, button(roster, "この4人を取り込む"));
  await roster.getByText("いま、名簿に6人、2自治体").waitFor();
  await standsOn(roster.getByRole("heading", { name: "名簿", exact: true }));
});

test("an agenda comes from a template, goes out, and is edited in the console and back", async () => {
  const agenda = part("agenda");
  await choose(page, agenda.getByLabel("ひな形"), "ポスターセッション");
  await isSeen(page);
  await pressSeen(page, button(agenda, "このひな形を見る"));
  await pressSeen(page, button(agenda, "この7ラウンドにする"));
  await agenda.getByText("いま、7ラウンドあります").waitFor();
  await standsOn(agenda.getByRole("heading", { name: "進行表", exact: true }));
  const out = button(agenda, "進行表を書き出す");
  const text = (await saved(out)).toString();
  await standsOn(out);
  await chooseFiles(page, button(agenda, "進行表のファイル（TOML）"), {
    name: "a.toml",
    mimeType: "text/plain",
    buffer: Buffer.from(text.replace('kind = "posters"', 'kind = "poster"')),
  });
  await agenda.getByText("「kind」に書けるのは").waitFor();

  await tabTo(page, button(page, "進行画面へ"), "Shift+Tab");
  await isSeen(page);
  await page.keyboard.press("Enter");
  await standsOn(page.getByRole("heading", { level: 1, name: "手で用意する第2回" }));
  const add = button(page, "ラウンドを足す");
  await pressSeen(page, add);
  const dialog = page.getByRole("dialog");
  await type(page, dialog.getByLabel("題名"), "おわりの一言");
  await isSeen(page);
  await choose(page, dialog.getByLabel("種類"), "全体");
  await pressSeen(page, exact(dialog, "足す"));
  await dialog.waitFor({ state: "hidden" });
  await standsOn(add);
  const rounds = page.getByRole("region", { name: "進行表" }).getByRole("listitem");
  const added = rounds.filter({ hasText: "おわりの一言" });
  const change = added.locator("summary");
  await tabTo(page, change, "Shift+Tab");
  await page.keyboard.press("Enter");
  const earlier = button(added, /^前へ/);
  await pressSeen(page, earlier);
  await rounds.nth(-2).getByText("おわりの一言", { exact: true }).waitFor();
  await standsOn(earlier);
  await pressSeen(page, button(added, /^消す/));
  await added.waitFor({ state: "hidden" });
  await standsOn(page.getByRole("region", { name: "進行表" }).getByRole("heading", { name: "進行表" }));
  await pressSeen(page, exact(page, "準備"));
  await standsOn(page.getByRole("heading", { level: 1, name: "ミーティングの準備" }));
  await agenda.getByText("いま、7ラウンドあります").waitFor();
});

test("posters are chosen, told apart, named and registered; one is not needed", async () => {
  const posters = part("posters");
  const field = button(posters, /ポスターのファイル/);
  await chooseFiles(page, field, [
    { name: "むつ市.png", mimeType: "image/png", buffer: png(60, 40, [200, 40, 40]) },
    { name: "だれか.png", mimeType: "image/png", buffer: png(90, 60, [0, 90, 160]) },
    { name: "こわれた.png", mimeType: "image/png", buffer: Buffer.from("not a picture") },
  ]);
  await posters.getByText("1件は入れられませんでした").waitFor();
  await standsOn(field);
  const unknown = posters.getByRole("listitem").filter({ hasText: "だれか.png" });
  await choose(page, unknown.getByLabel("自治体"), "弘前市");
  await isSeen(page);
  await type(page, unknown.getByLabel("題名"), "対話でつくる方針");
  await pressSeen(page, button(posters, "2件をポスターとして登録する"));
  await posters.getByText("いま、2自治体のうち2自治体のポスターがあります").waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), { timeout: SOON_MS }).not.toBe("BODY");
  await isSeen(page);
  await pressSeen(page, posters.locator("summary").filter({ hasText: "登録したポスター" }));
  await posters.getByText("対話でつくる方針").waitFor();
});

test("the rules of the vote are shown, with who sets them: nothing is offered that would be refused", async () => {
  await tabTo(page, button(page.getByRole("navigation"), "投票のルール"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await standsOn(part("vote").getByRole("heading", { name: "投票のルール" }));
  await part("vote").getByText("名簿で役割が「集計担当」の人が", { exact: false }).waitFor();
  await part("vote").getByText("3つまで選べます。", { exact: false }).waitFor();
  expect(await part("vote").locator("input, select, button").count()).toBe(0);
});

test("links go out as files, are printed as cards, and one is made anew after a question", async () => {
  const links = part("links");
  expect((await saved(button(links, "Excelで受け取る"))).subarray(0, 2).toString()).toBe("PK");
  expect((await saved(button(links, "CSVで受け取る"))).toString()).toContain("担当C");
  const cards = button(links, "印刷用のカード（QRコード）");
  await pressSeen(page, cards);
  await page.getByRole("img", { name: "担当CのQRコード" }).waitFor();
  await standsOn(button(page, "準備に戻る"));
  await pressSeen(page, exact(page, "印刷する"));
  expect(await page.evaluate(() => (window as unknown as { printed: number }).printed)).toBe(1);
  await tabTo(page, button(page, "準備に戻る"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await standsOn(cards);

  const before = await linkOf("担当C");
  await choose(page, links.getByLabel("一人のリンクを作り直す"), "担当C");
  await isSeen(page);
  const ask = exact(links, "作り直す");
  await pressSeen(page, ask);
  const yes = exact(links, "いまのリンクを無効にして作り直す");
  await links.getByText("担当Cさんに配ったリンクとQRコードは、すぐに使えなくなり").waitFor();
  await standsOn(yes);
  await page.keyboard.press("Escape");
  await standsOn(ask);
  expect(await linkOf("担当C")).toBe(before);
  await page.keyboard.press("Enter");
  await standsOn(yes);
  await page.keyboard.press("Enter");
  await page.getByText("担当Cさんのリンクを作り直しました").waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), { timeout: SOON_MS }).not.toBe("BODY");
  const after = await linkOf("担当C");
  expect(after).not.toBe(before);
  const guest = await browser.newPage();
  guest.setDefaultTimeout(SOON_MS);
  await guest.goto(after);
  await isConnected(guest);
  await guest.close();
});

test("no stop on the whole page is covered, and none holds the keyboard", async () => {
  await tabTo(page, button(page.getByRole("navigation"), "題名・日時・保存期限"), "Shift+Tab");
  const last = button(part("remove"), "完全に消す");
  expect(await seenOnTheWay(page, "Tab", last)).toBeGreaterThan(40);
  expect(await seenOnTheWay(page, "Shift+Tab", button(page, "進行画面へ"))).toBeGreaterThan(40);
});

test("one person's data are taken out in a dialog, and the meeting is deleted", async () => {
  const erase = part("erase");
  await choose(page, erase.getByLabel("だれのデータを消しますか"), "担当B");
  await pressSeen(page, button(erase, "内容を確かめる"));
  const dialog = page.getByRole("dialog");
  await pressSeen(page, dialog.getByRole("radio").first(), "Space");
  await pressSeen(page, exact(dialog, "データを消す"));
  await standsOn(exact(dialog, "完全に消す"));
  await page.keyboard.press("Enter");
  await dialog.getByRole("heading", { name: "消しました" }).waitFor();
  expect((await saved(button(dialog, "証明書を保存する"))).toString()).not.toContain("担当B");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await standsOn(erase.getByRole("heading").first());
  await type(page, part("remove").getByLabel("消すには、題名"), "手で用意する第2回");
  await pressSeen(page, button(part("remove"), "完全に消す"));
  await page.getByRole("heading", { name: "ミーティングを消しました" }).waitFor();
});
