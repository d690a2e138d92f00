/** One meeting after the other as the office does it: the next one takes over from the earlier one, by a link or from its console. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Desk } from "../support/desk";
import { Engawa } from "../support/engawa";

/** How long something may take on a machine that does much else. */
const SOON_MS = 30_000;
/** The rehearsal's third dialogue: mixed rooms of five. */
const MIXED_ROUND = 5;

let browser: Browser;
let server: Engawa;
let page: Page;
const contexts: BrowserContext[] = [];

async function newPage(width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: "ja-JP" });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  return page;
}

const part = (name: string) => page.locator(`#part-${name}`);
const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function makeNext(title: string): Promise<void> {
  await page.getByLabel("運用者の鍵").fill(server.adminKey);
  await page.getByLabel("題名").fill(title);
  await page.getByLabel("進行をする人の名前").fill("事務局Z");
  await page.getByRole("button", { name: "ミーティングを作る" }).click();
  await page.getByRole("heading", { name: "ミーティングの準備" }).waitFor();
}

/** A program that acts as the coordinator of the meeting that the page shows. */
async function deskOfPage(): Promise<Desk> {
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem("engawa.token") ?? '""') as string);
  return new Desk(server, `${server.address}/j#${token}`);
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  // The rehearsal's meeting, of 97 teams, is held: a round in mixed rooms, and a pulse.
  const desk = new Desk(server, server.links?.coordinator ?? "");
  await desk.must({ type: "open_round", round: MIXED_ROUND });
  await desk.must({ type: "give_pulse", value: 60, word: "霧" });
  await desk.must({ type: "end_round", round: MIXED_ROUND });
});
afterAll(async () => {
  for (const context of contexts) await context.close();
  await browser.close();
  await server.end();
});

test("from the console of a meeting to the next one, which takes over what it is shown", async () => {
  page = await newPage(1280);
  await page.goto(server.links?.coordinator ?? "");
  await page.getByRole("button", { name: "ファイル・記録" }).click();
  await page.getByRole("button", { name: "次の回をつくる" }).click();
  await page.getByText("第5回研究会（リハーサル）」の次の回を作ります").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await makeNext("第6回研究会");
  const follow = part("follow");
  await follow.getByText("第5回研究会（リハーサル）」から引き継ぐもの").waitFor();
  await follow.getByText("新しく加わる 306人、変わる 0人、そのまま 0人").waitFor();
  await follow.getByText("ポスター：新しく加わる 97件").waitFor();
  await follow.getByText("会った記録：1ラウンド分、574組").waitFor();
  await follow.getByText("確かめてほしいところはありません。").waitFor();
  await follow.getByText("名簿の内訳（306人）").click();
  await follow.getByText("ほかに206件あります。").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await part("roster").getByText("いま、名簿に1人、0自治体").waitFor();
  await follow.getByRole("button", { name: "これを引き継ぐ" }).click();
  await follow.getByText("名簿に306人、ポスター97件が加わりました。会った記録は全部で574組です。").waitFor();
  await part("roster").getByText("いま、名簿に307人、97自治体").waitFor();
  await part("posters").getByText("いま、97自治体のうち97自治体のポスターがあります").waitFor();
  // It stays so, and the link of the earlier meeting is not kept.
  await page.reload();
  await follow.getByText("引き継いでいる回：人材マネジメント部会 第5回研究会（リハーサル）").waitFor();
  expect(await follow.getByLabel("前の回の「進行・事務局」のリンク").inputValue()).toBe("");
});

test("a link that is no coordinator's of an earlier meeting is refused in words", async () => {
  const follow = part("follow");
  const field = follow.getByLabel("前の回の「進行・事務局」のリンク");
  const look = follow.getByRole("button", { name: "中身を見る" });
  await look.click();
  await follow.getByText("前の回のリンクを貼ってから押してください。").waitFor();
  expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
  for (const [link, says] of [
    [server.links?.facilitator ?? "", "前の回の「進行・事務局」のリンクではないか"],
    ["https://engawa.example.jp/j#abc", "前の回の「進行・事務局」のリンクではないか"],
    [(await deskOfPage()).link, "これはこの回のリンクです"],
  ] as const) {
    await field.fill(link);
    await look.click();
    await follow.getByText(says).waitFor();
  }
  expect(await violationsOf(page)).toEqual([]);
});

test("rooms of the next meeting keep apart who has met, and its pulse goes on from the earlier one", async () => {
  const desk = await deskOfPage();
  const plan = {
    kind: "dialogue",
    title: "対話",
    question: "",
    duration_ms: null,
    grouping: { by: "mixed", room_size: 5 },
    turn_ms: null,
    template: "free",
    authors: "shown",
    countdown_ms: 0,
  } as const;
  await desk.must({ type: "set_agenda", rounds: [plan, plan] });
  await desk.must({ type: "propose_grouping", round: 1, rule: null, seed: null, include_absent: true });
  await page.getByRole("button", { name: "進行画面へ" }).click();
  await page.getByRole("button", { name: "部屋割り" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("前にも会った人の組：0").waitFor();
  await dialog.getByText("うち、前の回までに会った人の組：0").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole("button", { name: "案を残して閉じる" }).click();
  await desk.must({ type: "open_round", round: 1 });
  await desk.must({ type: "give_pulse", value: 40, word: null });
  await page.getByRole("button", { name: "モヤモヤ指数", exact: true }).click();
  await page
    .getByRole("img", { name: "2回のモヤモヤ指数の平均。はじめの回は60%、いちばん新しい回は40%です。" })
    .waitFor();
  await page.getByText("表で見る：回ごとの平均").click();
  const rows = page.getByRole("table", { name: "回ごとの平均" }).getByRole("row");
  expect(await rows.nth(1).allInnerTexts()).toEqual([expect.stringMatching(/^人材マネジメント部会.*60%\s1件$/)]);
  expect(await rows.nth(2).allInnerTexts()).toEqual([expect.stringMatching(/^この回.*40%\s1件$/)]);
  expect(await violationsOf(page)).toEqual([]);
});

test("by a link that is pasted, in a narrow window and in English, with the whole chain", async () => {
  const link = (await deskOfPage()).link;
  page = await newPage(320);
  await page.goto(`${server.address}/prepare`);
  await makeNext("第7回研究会");
  const follow = part("follow");
  await follow.getByLabel("前の回の「進行・事務局」のリンク").fill(` ${link} `);
  await follow.getByRole("checkbox", { name: /^ポスター/ }).uncheck();
  await follow.getByRole("button", { name: "中身を見る" }).click();
  await follow.getByText("「第6回研究会」から引き継ぐもの").waitFor();
  await follow.getByText("2回（人材マネジメント部会 第5回研究会（リハーサル）、第6回研究会）").waitFor();
  await follow.getByText("新しく加わる 306人、変わる 0人、そのまま 1人").waitFor();
  await follow.getByText("会った記録：2ラウンド分、1148組").waitFor();
  expect(await overflow()).toBe(0);
  await follow.getByRole("button", { name: "これを引き継ぐ" }).click();
  await follow.getByText("会った記録は全部で1148組です。").waitFor();
  await part("posters").getByText("いま、97自治体のうち0自治体のポスターがあります").waitFor();
  expect(await overflow()).toBe(0);
  await page.getByRole("button", { name: "English" }).click();
  await follow.getByText("Taken over from:").waitFor();
  await page.getByRole("heading", { name: "Make the next meeting" }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
});
