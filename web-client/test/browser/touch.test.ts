/** A participant's day with fingers alone, in a window of 336 px: no mouse, no keys but those of the keyboard on the screen. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium";
import { Desk, hangPicture, linksOf, PICTURED, Rounds } from "../support/desk";
import { Engawa } from "../support/engawa";
import { SOON_MS } from "../support/hands";
import { isConnected, noteOf } from "../support/people";
import { Fingers, NARROW, openToTouch, tapAndChoose, tapAndWrite, tooSmallToTouch, TOUCH } from "../support/touch";
import { tooWide } from "../support/width";

let browser: Browser;
let server: Engawa;
let rounds: Rounds;
let page: Page;
let fingers: Fingers;
/** Of the same municipality, so of the same room. */
let other: Page;

const button = (on: Page | Locator, name: string | RegExp) => on.getByRole("button", { name });
const exact = (on: Page | Locator, name: string) => on.getByRole("button", { name, exact: true });
const tab = (name: RegExp) => button(page.getByRole("navigation"), name).tap();
const area = (name: string) => page.locator("section.area").filter({ has: page.getByRole("heading", { name }) });
/** Everything is large enough for a finger, and nothing wider than the page. */
async function fits(): Promise<void> {
  expect(await tooSmallToTouch(page)).toEqual([]);
  expect(await tooWide(page)).toEqual([]);
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  const coordinator = new Desk(server, server.links?.coordinator ?? "");
  rounds = new Rounds(coordinator);
  await hangPicture(coordinator);
  await new Desk(server, server.links?.secretariat ?? "").must({ type: "open_vote" });
  const { personal } = await linksOf(server);
  other = await openToTouch(browser, personal.find(({ name }) => name === "弘前市 担当B")?.link ?? "");
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("one comes in by a tap on one's own name", async () => {
  const context = await browser.newContext({ viewport: NARROW, locale: "ja-JP", ...TOUCH });
  page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  fingers = await Fingers.on(page);
  await page.goto(server.links?.shared ?? "");
  await tapAndWrite(page, page.getByLabel("名前・自治体・都道府県でさがす"), "弘前市 担当A");
  await page.getByRole("radio", { name: "弘前市 担当A" }).tap();
  await fits();
  await button(page, "弘前市 担当Aさんとして参加する").tap();
  await isConnected(page);
  await rounds.open({});
  for (const each of [page, other]) await exact(each, "移りました").tap();
});

test("notes are written, marked, moved by menu and by dragging, grouped, rewritten, deleted and brought back", async () => {
  for (const text of ["指で書いた付箋", "もうひとつの付箋", "三つめの付箋"]) {
    await tapAndWrite(page, page.getByLabel("付箋を書く"), text);
    await exact(page, "貼る").tap();
    await noteOf(page, text).getByText("保存しました").waitFor();
  }
  const [first, second, third] = ["指で", "もうひとつ", "三つめ"].map((text) => noteOf(page, text)) as [
    Locator,
    Locator,
    Locator,
  ];
  await button(noteOf(other, "指で"), /^共感 0/).tap();
  await button(first, /^共感 1/).waitFor();
  await button(first, /^操作/).tap();
  await fits();
  await tapAndChoose(first.getByLabel("移動先"), "ありたい姿");
  await exact(first, "移す").tap();
  await noteOf(area("ありたい姿"), "指で").waitFor();

  // A finger on the handle carries a note onto another: they are a group.
  await fingers.drag(button(third, /^動かす/), second);
  const name = page.getByLabel("まとまりの名前");
  await tapAndWrite(page, name, "指の話");
  await exact(page, "保存").tap();
  await other.getByRole("heading", { name: /指の話/ }).waitFor();
  expect(await other.locator("li.cluster").filter({ hasText: "指の話" }).getByRole("article").count()).toBe(2);

  await button(first, /^操作/).tap();
  await tapAndChoose(first.getByLabel("まとまり"), "新しいまとまりを作る");
  await exact(first, "決める").tap();
  await name.waitFor();
  await exact(page, "やめる").tap();

  await button(second, /^操作/).tap();
  await exact(second, "書き直す").tap();
  await tapAndWrite(page, page.getByLabel("書き直す"), "直した付箋");
  await fits();
  await exact(page, "保存").tap();
  await noteOf(other, "直した付箋").waitFor();
  await button(third, /^操作/).tap();
  await exact(third, "消す").tap();
  await noteOf(other, "三つめ").waitFor({ state: "hidden" });
  await exact(page, "元に戻す").tap();
  await noteOf(other, "三つめ").waitFor();
});

test("they speak in turn, call for help, and answer how it is", async () => {
  await button(page, "順番に話しはじめる").tap();
  const ours = page.getByText("あなたの番です");
  const theirs = other.getByText("あなたの番です");
  await expect.poll(async () => (await ours.count()) + (await theirs.count()), { timeout: SOON_MS }).toBe(1);
  const begins = (await ours.count()) === 1;
  await exact(begins ? page : other, "次の人へ").tap();
  await (begins ? theirs : ours).waitFor();
  await fits();
  await exact(page, "一巡を終える").tap();
  await exact(page, "助けを呼ぶ").tap();
  await exact(other, "もう大丈夫です").tap();
  await exact(page, "助けを呼ぶ").waitFor();

  await tab(/^モヤモヤ/);
  await exact(page, "10上げる").tap();
  expect(await page.getByRole("slider").inputValue()).toBe("60");
  const slider = page.getByRole("slider");
  const box = await slider.boundingBox();
  await slider.tap({ position: { x: (box?.width ?? 0) * 0.9, y: (box?.height ?? 0) / 2 } });
  const value = Number(await slider.inputValue());
  expect(value).toBeGreaterThan(70);
  await tapAndWrite(page, page.getByLabel("ひとこと（なくてもかまいません）"), "晴れ間");
  await fits();
  await exact(page, "送る").tap();
  await page.getByText(`あなたの答え：${value}%`).waitFor();
});

test("a poster is read, taken home and answered; its picture grows under two fingers", async () => {
  await tab(/^ポスター/);
  await tapAndWrite(page, page.getByRole("searchbox"), "絵のある");
  const card = page.getByRole("article").filter({ hasText: PICTURED });
  await button(card, /^読む/).tap();
  await button(card, /持ち帰りたい/).tap();
  await card.locator('[aria-pressed="true"]').filter({ hasText: "持ち帰りたい" }).waitFor();
  await tapAndWrite(page, card.getByLabel("コメントを書く"), "うちでもやってみます");
  await fits();
  await exact(card, "送る").tap();
  await card.getByRole("listitem").getByText("うちでもやってみます", { exact: true }).waitFor();

  await button(card, /^大きく見る/).tap();
  const picture = page.getByRole("img", { name: `${PICTURED}のポスター` });
  await expect
    .poll(() => picture.evaluate((element) => (element as HTMLImageElement).naturalWidth), { timeout: SOON_MS })
    .toBe(1600);
  await fits();
  const width = async (): Promise<number> => (await picture.boundingBox())?.width ?? 0;
  const before = await width();
  const view = page.getByRole("group", { name: /^ポスターの絵/ });
  await fingers.pinch(view, 60, 180);
  await expect.poll(width, { timeout: SOON_MS }).toBeGreaterThan(before * 2);
  // One finger moves what has become larger than the screen.
  const at = await view.evaluate((element) => element.scrollLeft);
  const box = await view.boundingBox();
  if (!box) throw new Error("it is on the screen");
  const from = { x: box.x + 200, y: box.y + 200 };
  await fingers.go([from, { x: from.x - 80, y: from.y }]);
  await expect
    .poll(() => view.evaluate((element) => element.scrollLeft), { timeout: SOON_MS })
    .toBeCloseTo(at + 80, -1);
  const large = await width();
  await exact(page, "小さく").tap();
  await expect.poll(width, { timeout: SOON_MS }).toBeLessThan(large);
  await exact(page.getByRole("dialog"), "閉じる").tap();
  await picture.waitFor({ state: "hidden" });
});

test("a ballot is cast, an announcement read, and the nine times nine squares are gone through", async () => {
  await tab(/^投票/);
  await tapAndWrite(page, page.getByRole("searchbox"), "むつ市");
  await page.locator("fieldset label").filter({ hasText: "むつ市" }).first().tap();
  await fits();
  await exact(page, "この内容で投票する").tap();
  await page.getByText("あなたの票は入っています。").waitFor();

  await rounds.open({ template: "nine_squares", title: "9マス" });
  await exact(page, "移りました").tap();
  const map = page.getByRole("group", { name: "9マスの全体" });
  await button(map, /^まんなか/).tap();
  await tapAndWrite(page, page.getByLabel("付箋を書く"), "対話の場を増やす");
  await exact(page, "貼る").tap();
  await noteOf(page, "対話の場を増やす").waitFor();
  await button(map, /^マス 2/).tap();
  await tapAndWrite(page, page.getByLabel("付箋を書く"), "部署を越えた朝会");
  await exact(page, "貼る").tap();
  await noteOf(page, "部署を越えた朝会").waitFor();
  await button(map, /^マス 2.*部署を越えた朝会/).waitFor();
  await fits();

  await button(page, "メニュー").tap();
  await fits();
  await exact(page, "退出する").tap();
  await page.getByText("退出したことを伝えました").waitFor();
});
