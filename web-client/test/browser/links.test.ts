/**
 * What is taken away for good, as it is done by hand: one person's link, all links, one person's data from the console. Whoever
 * held it is told in a sentence at once, everybody else goes on, and who cancels has changed nothing.
 */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { linksOf } from "../support/desk";
import { Engawa } from "../support/engawa";
import { openLink, SOON_MS } from "../support/hands";
import { isConnected } from "../support/people";

const REVOKED = "このリンクは無効になりました。新しいリンクを進行の方にもらってください。";
let browser: Browser;
let server: Engawa;
let coordinator: Page;

const button = (on: Page | Locator, name: string | RegExp) => on.getByRole("button", { name });
const exact = (on: Page | Locator, name: string) => on.getByRole("button", { name, exact: true });
const told = (on: Page, sentence: string): Promise<void> =>
  on.getByRole("status").filter({ hasText: sentence }).first().waitFor();

/** The link by which a person comes in, as it is now. */
async function linkOf(name: string): Promise<string> {
  const found = (await linksOf(server)).personal.find((each) => each.name === name);
  if (!found) throw new Error(`nobody is called ${name}`);
  return found.link;
}

/** Somebody in a narrow window, and the words with which the server has said goodbye to it. */
async function guestBy(link: string): Promise<{ page: Page; goodbyes: string[] }> {
  const context = await browser.newContext({ viewport: { width: 320, height: 800 }, locale: "ja-JP" });
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  const goodbyes: string[] = [];
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const text = String(payload);
      if (text.includes('"goodbye"')) goodbyes.push((JSON.parse(text) as { code: string }).code);
    }),
  );
  await page.goto(link);
  await isConnected(page);
  return { page, goodbyes };
}

/** The link opens nothing any more, in a browser that has never been here. */
async function opensNothing(link: string): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 320, height: 800 }, locale: "ja-JP" });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByText(REVOKED).waitFor({ timeout: SOON_MS });
  await context.close();
}

/** The one row of the console's roster that a search leaves. */
async function rowOf(name: string): Promise<Locator> {
  await coordinator.getByLabel("名前・自治体でさがす").fill(name);
  const rows = coordinator.getByRole("region", { name: "名簿" }).locator("tbody tr");
  await expect.poll(() => rows.count(), { timeout: SOON_MS }).toBe(1);
  return rows.first();
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  coordinator = await openLink(browser, server.links?.coordinator ?? "");
  await coordinator.context().grantPermissions(["clipboard-read", "clipboard-write"]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("one link is revoked in the console's roster: asked first, the holder is told, the new one is the same person", async () => {
  const name = "弘前市 担当A";
  const old = await linkOf(name);
  const holder = await guestBy(old);
  const neighbour = await guestBy(await linkOf("弘前市 担当B"));
  await button(coordinator, "名簿とリンク").click();
  await exact(coordinator, "リンクを表示する").click();
  const row = await rowOf(name);
  await button(row, "リンクを無効に").click();
  await row
    .getByText(`${name}さんに配ったリンクとQRコードは、すぐに使えなくなり、開いている端末も外れます。`)
    .waitFor();
  expect(await violationsOf(coordinator)).toEqual([]);
  await exact(row, "やめる").click();
  expect(await linkOf(name), "who cancels has changed nothing").toBe(old);
  expect(holder.goodbyes).toEqual([]);

  await button(row, "リンクを無効に").click();
  await exact(row, "無効にする").click();
  await told(coordinator, `${name}さんの古いリンクを無効にしました。`);
  await holder.page.getByRole("alert").getByText(REVOKED).waitFor();
  expect(holder.goodbyes).toEqual(["link_revoked"]);
  expect(await violationsOf(holder.page)).toEqual([]);
  await exact(holder.page, "読み込み直す").click();
  await holder.page.getByRole("alert").getByText(REVOKED).waitFor();
  await opensNothing(old);

  // The button beside the name copies the one that opens now.
  await expect
    .poll(
      async () => {
        await button(row, "コピー").click();
        return coordinator.evaluate(() => navigator.clipboard.readText());
      },
      { timeout: SOON_MS },
    )
    .toBe(await linkOf(name));
  const again = await guestBy(await linkOf(name));
  await button(again.page, "メニュー").click();
  await again.page.getByRole("dialog").getByText(name).first().waitFor();
  expect(neighbour.goodbyes).toEqual([]);
  for (const { page } of [holder, neighbour, again]) await page.context().close();
});

test("on the preparation page, one link and then all are made anew; the coordinator's own and the names remain", async () => {
  const [one, other] = ["むつ市 担当A", "むつ市 担当B"];
  const [old, other_old] = [await linkOf(one), await linkOf(other)];
  const [holder, neighbour] = [await guestBy(old), await guestBy(other_old)];
  const { shared, short_code } = await linksOf(server);
  const shared_old = shared.find(({ role }) => role === "participant")?.link ?? "";
  await exact(coordinator, "準備").click();
  const part = coordinator.locator("#part-links");
  expect(await exact(part, "作り直す").isDisabled(), "nobody is chosen yet").toBe(true);
  const list = part.getByLabel("一人のリンクを作り直す");
  await list.selectOption({
    label: (await part.getByRole("option").allTextContents()).find((text) => text.includes(one)) ?? one,
  });
  await exact(part, "作り直す").click();
  await part.getByText(`${one}さんに配ったリンクとQRコードは、すぐに使えなくなり、`).waitFor();
  await coordinator.keyboard.press("Escape");
  expect(await linkOf(one), "who cancels has changed nothing").toBe(old);
  await exact(part, "作り直す").click();
  await exact(part, "いまのリンクを無効にして作り直す").click();
  await told(coordinator, `${one}さんのリンクを作り直しました。前のリンクは使えません。`);
  await holder.page.getByRole("alert").getByText(REVOKED).waitFor();
  expect(holder.goodbyes).toEqual(["link_revoked"]);
  expect(neighbour.goodbyes).toEqual([]);

  await exact(part, "すべてのリンクを無効にして作り直す").click();
  await part
    .getByText("リンク・QRコードと参加コードが、全部すぐに使えなくなり、つながっている端末も外れます")
    .waitFor();
  expect(await violationsOf(coordinator)).toEqual([]);
  await exact(part, "やめる").click();
  expect(await linkOf(other), "who cancels has changed nothing").toBe(other_old);
  await exact(part, "すべてのリンクを無効にして作り直す").click();
  await exact(part, "いまのリンクを無効にして作り直す").click();
  await told(coordinator, "作り直しました。新しいリンクを配ってください。");
  await neighbour.page.getByRole("alert").getByText(REVOKED).waitFor();
  expect(neighbour.goodbyes).toEqual(["link_revoked"]);
  for (const link of [other_old, shared_old]) await opensNothing(link);
  const by_code = await browser.newContext({ viewport: { width: 320, height: 800 }, locale: "ja-JP" });
  const front = await by_code.newPage();
  front.setDefaultTimeout(SOON_MS);
  await front.goto(server.address);
  await front.getByLabel("参加コード").fill(short_code);
  await front.keyboard.press("Enter");
  await front.getByText("このコードのミーティングは見つかりません。").waitFor();
  const anew = await linksOf(server);
  expect(anew.short_code).not.toBe(short_code);
  await front.goto(server.address);
  await front.getByLabel("参加コード").fill(anew.short_code);
  await front.keyboard.press("Enter");
  await front.getByRole("heading", { name: "自分の名前を選ぶ" }).waitFor();
  await by_code.close();
  const again = await guestBy(await linkOf(other));
  for (const { page } of [holder, neighbour, again]) await page.context().close();

  // Whoever did it is still there, after a reload as well.
  await coordinator.reload();
  await isConnected(coordinator);
});

test("one person's data are taken out from the console; who cancels leaves everything as it was", async () => {
  const name = "三沢市 担当C";
  const theirs = await guestBy(await linkOf(name));
  await exact(coordinator, "進行画面へ").click();
  await button(coordinator, "名簿とリンク").click();
  let row = await rowOf(name);
  const dialog = coordinator.getByRole("dialog");
  await button(row, "データを消す").click();
  await dialog.getByRole("heading", { name: `${name}さんのデータを消す` }).waitFor();
  await dialog.getByRole("radio", { name: "文章もすべて消す" }).check();
  await exact(dialog, "データを消す").click();
  await dialog.getByText(`${name}さんのデータを完全に消しますか。元に戻せません。`).waitFor();
  await exact(dialog, "やめる").click();
  await exact(dialog, "閉じる").click();
  await dialog.waitFor({ state: "hidden" });
  row = await rowOf(name);
  expect(theirs.goodbyes).toEqual([]);

  await button(row, "データを消す").click();
  expect(await violationsOf(coordinator)).toEqual([]);
  await dialog.getByRole("radio", { name: "名前を外して残す" }).check();
  await exact(dialog, "データを消す").click();
  await exact(dialog, "完全に消す").click();
  await dialog.getByRole("heading", { name: "消しました" }).waitFor();
  await exact(dialog, "閉じる").click();
  await dialog.waitFor({ state: "hidden" });
  await coordinator.getByLabel("名前・自治体でさがす").fill(name);
  await expect
    .poll(() => coordinator.getByRole("region", { name: "名簿" }).locator("tbody tr").count(), { timeout: SOON_MS })
    .toBe(0);
  expect((await linksOf(server)).personal.some((each) => each.name === name)).toBe(false);
  await theirs.page.getByText("あなたのデータはこのミーティングから消されました").waitFor();
  expect(theirs.goodbyes).toEqual(["person_erased"]);
  expect(await violationsOf(coordinator)).toEqual([]);
  await theirs.page.context().close();
});
