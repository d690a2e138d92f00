/** A small meeting over a real server: joining, notes, a killed server, rounds, the vote. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Engawa, type RehearsalLinks } from "../support/engawa";
import { isConnected } from "../support/people";

/** How long something may take on a machine that does much else. */
const SOON_MS = 20_000;

let browser: Browser;
let server: Engawa;
let links: RehearsalLinks;
const contexts: BrowserContext[] = [];

async function newPage(width = 320): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale: "ja-JP" });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  return page;
}

/** Opens a personal link. */
async function openAs(link: string): Promise<Page> {
  const page = await newPage(1280);
  await page.goto(link);
  await isConnected(page);
  return page;
}

/** Joins over the shared link as the n-th name of the roster that is free. */
async function joinAs(search: string, nth: number): Promise<{ page: Page; name: string }> {
  const page = await newPage();
  await page.goto(links.shared);
  await page.getByLabel("名前・自治体・都道府県でさがす").fill(search);
  const choice = page.getByRole("radio").nth(nth);
  await choice.check();
  const button = page.getByRole("button", { name: "さんとして参加する" });
  const name = ((await button.textContent()) ?? "").trim().replace("さんとして参加する", "");
  await button.click();
  await isConnected(page);
  return { page, name };
}

const post = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel("付箋を書く").fill(text);
  await page.getByRole("button", { name: "貼る", exact: true }).click();
};
const noteOf = (page: Page, text: string) => page.getByRole("article").filter({ hasText: text });

let coordinator: Page;
let one: { page: Page; name: string };
let two: { page: Page; name: string };

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  if (server.links === null) throw new Error("a started server has links");
  links = server.links;
});
afterAll(async () => {
  for (const context of contexts) await context.close();
  await browser.close();
  await server.end();
});

test("the front page and joining are accessible, and a short code leads in", async () => {
  const page = await newPage();
  await page.goto(server.address);
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel("参加コード").fill(links.code.toLowerCase());
  await page.getByRole("button", { name: "次へ" }).click();
  await page.getByRole("heading", { name: "自分の名前を選ぶ" }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
});

test("two people join over the shared link and the coordinator opens a round", async () => {
  coordinator = await openAs(links.coordinator);
  one = await joinAs("弘前市", 0);
  two = await joinAs("弘前市", 1);
  expect(one.name).not.toBe(two.name);
  expect(one.page.url(), "the token stands in no address").not.toContain("#");
  await coordinator.getByRole("button", { name: /^開く.*対話1/ }).click();
  for (const { page } of [one, two]) await page.getByRole("heading", { name: /^あなたは部屋 \d+ です$/ }).waitFor();
  await coordinator
    .getByRole("heading", { name: /^部屋 1/ })
    .first()
    .waitFor();
});

test("a note in Japanese appears at the other person's and stays after a reload", async () => {
  await post(one.page, "評価の面談が\n形だけになっている");
  await noteOf(two.page, "形だけになっている").waitFor();
  await noteOf(one.page, "形だけになっている").waitFor();
  await one.page.reload();
  await noteOf(one.page, "形だけになっている").waitFor();
  expect(await noteOf(one.page, "形だけになっている").count()).toBe(1);
});

test("a mark is seen by the other person", async () => {
  await noteOf(two.page, "形だけ")
    .getByRole("button", { name: /^共感 0/ })
    .click();
  await noteOf(one.page, "形だけ")
    .getByRole("button", { name: /^共感 1/ })
    .waitFor();
});

test("a half-written text survives a reload", async () => {
  await two.page.getByLabel("付箋を書く").fill("書きかけの文");
  await two.page.reload();
  await expect.poll(() => two.page.getByLabel("付箋を書く").inputValue(), { timeout: SOON_MS }).toBe("書きかけの文");
  await two.page.getByLabel("付箋を書く").fill("");
});

test("a note written while the server is dead arrives once", async () => {
  await server.kill();
  await one.page.getByText("つなぎ直しています").waitFor();
  await post(one.page, "止まっているあいだに書いた付箋");
  await one.page.getByText("保存待ち", { exact: true }).waitFor();
  await server.run();
  await noteOf(two.page, "止まっているあいだに").waitFor();
  await expect.poll(() => one.page.getByText("保存待ち", { exact: true }).count(), { timeout: SOON_MS }).toBe(0);
  await one.page.reload();
  await noteOf(one.page, "止まっているあいだに").waitFor();
  expect(await noteOf(one.page, "止まっているあいだに").count()).toBe(1);
  expect(await noteOf(two.page, "止まっているあいだに").count()).toBe(1);
});

test("an unsent note and a half-written text outlive the tab that was closed", async () => {
  await server.kill();
  await two.page.getByText("つなぎ直しています").waitFor();
  await post(two.page, "閉じた窓で貼った付箋");
  await two.page.getByText("保存待ち", { exact: true }).waitFor();
  await two.page.getByLabel("付箋を書く").fill("閉じた窓の書きかけ");
  const url = two.page.url();
  await two.page.close();
  await server.run();
  const page = await two.page.context().newPage();
  page.setDefaultTimeout(SOON_MS);
  await page.goto(url);
  two = { ...two, page };
  await isConnected(page);
  expect(await page.getByLabel("付箋を書く").inputValue()).toBe("閉じた窓の書きかけ");
  await page.getByLabel("付箋を書く").fill("");
  await noteOf(one.page, "閉じた窓で").waitFor();
  for (const each of [one.page, page]) expect(await noteOf(each, "閉じた窓で").count()).toBe(1);
});

test("two tabs of one person are two devices: what both write arrives, each once", async () => {
  const tab = await one.page.context().newPage();
  tab.setDefaultTimeout(SOON_MS);
  await tab.goto(one.page.url());
  await Promise.all([post(one.page, "はじめの画面から"), post(tab, "もうひとつの画面から")]);
  for (const text of ["はじめの画面から", "もうひとつの画面から"]) {
    for (const page of [one.page, two.page, tab]) {
      await noteOf(page, text).first().waitFor();
      await expect.poll(() => noteOf(page, text).count(), { timeout: SOON_MS }).toBe(1);
    }
  }
  await tab.close();
});

test("two people who edit the same note see both texts, and nothing is lost", async () => {
  const facilitator = await openAs(links.facilitator);
  await facilitator.getByRole("button", { name: /^見る/ }).first().click();
  await noteOf(facilitator, "形だけ").waitFor();
  for (const page of [one.page, facilitator]) {
    await noteOf(page, "形だけ").getByRole("button", { name: /^操作/ }).click();
    await noteOf(page, "形だけ").getByRole("button", { name: "書き直す" }).click();
  }
  await facilitator.getByLabel("書き直す").fill("面談の時間が足りない");
  await facilitator.getByRole("button", { name: "保存", exact: true }).click();
  await noteOf(two.page, "面談の時間が足りない").waitFor();
  await one.page.getByLabel("書き直す").fill("面談の目的が共有されていない");
  await one.page.getByRole("button", { name: "保存", exact: true }).click();
  await one.page.getByText("いまの文", { exact: true }).waitFor();
  expect(await one.page.getByRole("alert").filter({ hasText: "面談の時間が足りない" }).count()).toBe(1);
  await one.page.getByRole("button", { name: "あなたの文で保存する" }).click();
  await noteOf(two.page, "面談の目的が共有されていない").waitFor();
});

test("a call for help reaches the coordinator and comes back as a name", async () => {
  await one.page.getByRole("button", { name: "助けを呼ぶ" }).click();
  await coordinator.getByRole("button", { name: /^向かって部屋を見る/ }).click();
  await one.page.getByText("さんが向かっています").first().waitFor();
});

test("the pages of a running round are accessible", async () => {
  for (const page of [one.page, coordinator]) expect(await violationsOf(page)).toEqual([]);
});

test("the coordinator ends the round, can undo it, and everyone is back in the plenary", async () => {
  await coordinator.getByRole("button", { name: "すぐに終える" }).click();
  await one.page.getByRole("heading", { name: "全体", exact: true }).waitFor();
  await coordinator.getByRole("button", { name: "元に戻す" }).click();
  await one.page.getByRole("heading", { name: /^部屋 \d+$/ }).waitFor();
  await coordinator.getByRole("button", { name: "すぐに終える" }).click();
  await one.page.getByRole("heading", { name: "全体", exact: true }).waitFor();
});

test("a vote: opened, cast with a receipt, changed, counted, closed, the receipt stays", async () => {
  const secretariat = await openAs(links.secretariat);
  await secretariat.getByRole("button", { name: "投票を開く" }).click();
  await one.page.getByRole("button", { name: /^投票/ }).click();
  const free = one.page.locator('input[type="checkbox"]:enabled');
  await one.page.getByText("3つのうち0つ選んでいます").waitFor();
  // One's own municipality is there, greyed, with the reason.
  const own = one.page.locator("fieldset label").filter({ hasText: "自分の自治体は選べません" });
  expect(await own.count()).toBe(1);
  expect(await own.textContent()).toContain(one.name.split(" ")[0]);
  expect(await own.getByRole("checkbox").isDisabled()).toBe(true);
  await free.nth(1).check();
  await free.nth(2).check();
  await one.page.getByRole("button", { name: "この内容で投票する" }).click();
  await one.page.getByText("あなたの票は入っています。").waitFor();
  await free.nth(2).uncheck();
  await free.nth(3).check();
  await free.nth(4).check();
  await one.page.getByText("3つのうち3つ選んでいます").waitFor();
  expect(await one.page.locator("fieldset input:enabled:not(:checked)").count(), "no fourth").toBe(0);
  await one.page.getByText("選び直した内容は、まだ送っていません。").waitFor();
  await one.page.getByRole("button", { name: "この内容で投票し直す" }).click();
  await one.page.getByText("選び直した内容は、まだ送っていません。").waitFor({ state: "hidden" });
  const receipt = (await one.page.locator(".receipt").textContent()) ?? "";
  expect(receipt).not.toBe("");
  await secretariat
    .getByText(/^1 \/ \d+$/)
    .first()
    .waitFor();
  // Three votes for three posters: what was chosen before counts no more.
  await secretariat.getByRole("button", { name: "表で見る" }).last().click();
  const votes = secretariat.locator("td:last-child", { hasText: /^[1-9]\d*$/ });
  await expect.poll(() => votes.allTextContents(), { timeout: SOON_MS }).toEqual(["1", "1", "1"]);
  await secretariat.getByRole("button", { name: "棒で見る" }).click();
  // Scrolled to its end, where the bar that stays in sight covers no choice.
  await one.page.evaluate(() => {
    for (const part of document.querySelectorAll("*")) part.scrollTop = part.scrollHeight;
  });
  expect(await violationsOf(one.page)).toEqual([]);
  expect(await violationsOf(secretariat)).toEqual([]);
  await secretariat.getByRole("button", { name: "投票を締め切る" }).click();
  await secretariat.getByRole("button", { name: "締め切る", exact: true }).click();
  await one.page.getByText("投票は締め切られました。").waitFor();
  await one.page.reload();
  await one.page.getByRole("button", { name: /^投票/ }).click();
  expect(await one.page.locator(".receipt").textContent()).toBe(receipt);
  await secretariat.getByRole("button", { name: "数え直す" }).click();
  await secretariat.getByText("集計と一致しました。").waitFor();
});

test("the projector shows the meeting and is accessible", async () => {
  const screen = await newPage(1280);
  await screen.goto(links.screen);
  await screen.locator(".wall").waitFor();
  expect(await violationsOf(screen)).toEqual([]);
});
