/** A participant's tasks, and the check, through a hostile proxy of each kind; seconds are scaled down. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Engawa, type RehearsalLinks } from "../support/engawa";
import { Proxy, type Habit } from "../support/proxy";

const SOON_MS = 30_000;

let browser: Browser;
let server: Engawa;
let links: RehearsalLinks;
let coordinator: Page;
const contexts: BrowserContext[] = [];

async function newPage(width = 320): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale: "ja-JP" });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  return page;
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  if (server.links === null) throw new Error("a started server has links");
  links = server.links;
  coordinator = await newPage(1280);
  await coordinator.goto(links.coordinator);
  await coordinator.getByRole("button", { name: /^開く.*対話1/ }).click();
  const secretariat = await newPage(1280);
  await secretariat.goto(links.secretariat);
  await secretariat.getByRole("button", { name: "投票を開く" }).click();
  await secretariat.getByRole("button", { name: "投票を締め切る" }).waitFor();
});
afterAll(async () => {
  for (const context of contexts) await context.close();
  await browser.close();
  await server.end();
});

async function join(page: Page, address: string): Promise<void> {
  await page.goto(links.shared.replace(server.address, address));
  const live = page.getByText("つながっています");
  const button = page.getByRole("button", { name: "さんとして参加する" });
  await page.getByRole("radio", { disabled: false }).first().check();
  // Joining is one request, which a proxy may cut: a person presses again.
  await expect
    .poll(
      async () => {
        if (await button.isEnabled().catch(() => false)) await button.click().catch(() => undefined);
        return live.isVisible();
      },
      { timeout: SOON_MS, interval: 1_000 },
    )
    .toBe(true);
}

const post = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel("付箋を書く").fill(text);
  await page.getByRole("button", { name: "貼る", exact: true }).click();
};
const noteOf = (page: Page, text: string) => page.getByRole("article").filter({ hasText: text });
const wayOf = (page: Page) =>
  page.evaluate(
    () =>
      (JSON.parse(localStorage.getItem("engawa.transport") ?? "null") as { transport: string } | null)?.transport ??
      null,
  );

interface Row {
  habit: Habit;
  /** Which way is remembered after the tasks; null: the WebSocket, about which nothing need be remembered. */
  ways: (string | null)[];
  verdict: RegExp;
  remark: RegExp;
}

const GOOD = /問題なく使えます/;
const STREAM = /少し回り道の方法/;
const POLL = /いちばん遅い方法/;
const ANY = [null, "websocket", "stream", "poll"];

const TABLE: Row[] = [
  { habit: { is: "swallows_upgrade" }, ways: ["stream"], verdict: STREAM, remark: /要求に返事がありません/ },
  { habit: { is: "refuses_upgrade" }, ways: ["stream"], verdict: STREAM, remark: /要求が断られました/ },
  { habit: { is: "buffers" }, ways: ["poll"], verdict: POLL, remark: /ためられ、終わるまで届きません/ },
  { habit: { is: "cuts_idle", ms: 3_000 }, ways: ANY, verdict: GOOD, remark: /何も送らない接続は約\d秒で切られます/ },
  { habit: { is: "cuts_after", ms: 6_000 }, ways: ANY, verdict: STREAM, remark: /使っている接続も約\d秒で切られます/ },
  {
    habit: { is: "slow", delay_ms: 800, stall_ms: 3_000 },
    ways: ANY,
    verdict: /使えます/,
    remark: /往復に最大\d+ミリ秒/,
  },
  { habit: { is: "resets", within: 6_000 }, ways: ANY, verdict: /使えます/, remark: /./ },
];

describe.each(TABLE)("a proxy that $habit.is", ({ habit, ways, verdict, remark }) => {
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await Proxy.start(Number(new URL(server.address).port), habit);
  });
  afterAll(() => proxy.end());

  test("the participant's tasks are done, nothing lost and nothing doubled", async () => {
    const page = await newPage();
    await join(page, proxy.address);
    const written = `${habit.is} 評価の面談`;
    await post(page, written);
    await noteOf(page, written).waitFor();
    await expect.poll(() => page.getByText("保存待ち", { exact: true }).count(), { timeout: SOON_MS }).toBe(0);
    await noteOf(page, written).getByRole("button", { name: /^操作/ }).click();
    await noteOf(page, written).getByRole("button", { name: "書き直す" }).click();
    await page.getByLabel("書き直す").fill(`${habit.is} 面談の目的`);
    await page.getByRole("button", { name: "保存", exact: true }).click();
    const edited = noteOf(page, `${habit.is} 面談の目的`);
    await edited.waitFor();
    await edited.getByRole("button", { name: /^共感 0/ }).click();
    await edited.getByRole("button", { name: /^共感 1/ }).waitFor();
    await page.getByRole("button", { name: "順番に話しはじめる" }).click();
    await page
      .getByRole("button", { name: /^(次の人へ|終わる)/ })
      .or(page.getByRole("button", { name: "やめる" }))
      .first()
      .waitFor();
    await page.getByRole("button", { name: "助けを呼ぶ" }).click();
    await page.getByRole("button", { name: "助けを呼ぶ" }).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: /^モヤモヤ/ }).click();
    await page.getByRole("button", { name: "送る", exact: true }).click();
    await page.getByText(/^あなたの答え/).waitFor();
    await page.getByRole("button", { name: /^投票/ }).click();
    await page.locator('input[type="checkbox"]:enabled').nth(1).check();
    await page.getByRole("button", { name: "この内容で投票する" }).click();
    await page.getByText("あなたの票は入っています。").waitFor();
    expect(ways).toContain(await wayOf(page));
    expect(habit.is === "slow" || proxy.harm > 0, "the proxy did its worst").toBe(true);
    await page.reload();
    await expect.poll(() => edited.count(), { timeout: SOON_MS }).toBe(1);
    expect(await noteOf(page, written).count()).toBe(0);
    await page.context().close();
  });

  test("the check says in one sentence whether this works, and names what it found", async () => {
    const page = await newPage();
    await page.goto(`${proxy.address}/check`);
    await page.getByText(verdict).waitFor();
    await page.getByText(remark).first().waitFor();
    await page.context().close();
  });
});

test("the check without anything in between: accessible, at both widths, in both languages, and it can be copied", async () => {
  for (const width of [320, 1280]) {
    const page = await newPage(width);
    await page.goto(server.address);
    await page.getByRole("link", { name: /先に確かめ/ }).click();
    await page.getByText(GOOD).waitFor();
    await page.getByText("くわしい結果").click();
    expect(await violationsOf(page)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    if (process.env["SCREENSHOTS"]) await page.screenshot({ path: `screenshots/check-${width}.png`, fullPage: true });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "結果をコピーする" }).click();
    await page.getByText("コピーしました。").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("WebSocket: 使えます");
    expect(await page.getByRole("link", { name: "メールの下書きを開く" }).getAttribute("href")).toMatch(
      /^mailto:\?subject=/,
    );
    await page.getByRole("button", { name: "English" }).click();
    await page.getByText("This device works well.").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.context().close();
  }
});
