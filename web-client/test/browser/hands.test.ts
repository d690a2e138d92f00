/**
 * A participant's day with unusual hands, eyes and browsers: by keyboard alone, with the focus to be seen at every step;
 * at 200 % zoom, with less motion, in forced colours; in a browser that may keep nothing. And a poster with a picture.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Desk, hangPicture, hangPoster, linksOf, PICTURED, Rounds } from "../support/desk";
import { Engawa } from "../support/engawa";
import { choose, isSeen, openLink, pressSeen, SOON_MS, tabTo } from "../support/hands";
import { isConnected, noteOf, pickName } from "../support/people";

let browser: Browser;
let server: Engawa;
let coordinator: Desk;
let rounds: Rounds;
let links: Map<string, string>;

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const exact = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Writes and posts a note with the keyboard. */
async function write(page: Page, text: string): Promise<void> {
  await tabTo(page, page.getByLabel("付箋を書く"));
  await isSeen(page);
  await page.keyboard.insertText(text);
  await page.keyboard.press("Control+Enter");
  await noteOf(page, text).waitFor();
}

/** A PDF of one empty page. */
const PDF = Buffer.from(
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 842 595]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  coordinator = new Desk(server, server.links?.coordinator ?? "");
  rounds = new Rounds(coordinator);
  await hangPicture(coordinator);
  await hangPoster(coordinator, 11, "PDFのポスター", PDF);
  await new Desk(server, server.links?.secretariat ?? "").must({ type: "open_vote" });
  links = new Map((await linksOf(server)).personal.map(({ name, link }) => [name, link]));
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.end();
});

const linkOf = (name: string): string => links.get(name) ?? "";

test("by keyboard alone: from the code to a room, notes, turns, help, pulse, posters, the vote, and leaving", async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 800 }, locale: "ja-JP" });
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  await page.goto(server.address);
  await tabTo(page, page.getByLabel("参加コード"));
  await isSeen(page);
  await page.keyboard.type(server.links?.code ?? "");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "自分の名前を選ぶ" }).waitFor();
  await tabTo(page, page.getByLabel("名前・自治体・都道府県でさがす"));
  await page.keyboard.insertText("弘前市");
  await page.getByRole("radio").nth(2).waitFor();
  await tabTo(page, page.getByRole("radio").first());
  await isSeen(page);
  await page.keyboard.press("Space");
  await pressSeen(page, button(page, "さんとして参加する"));
  await isConnected(page);
  await rounds.open({});
  await pressSeen(page, button(page, "移りました"));

  await write(page, "手で書いた付箋");
  await write(page, "もうひとつの付箋");
  const note = noteOf(page, "手で書いた");
  await pressSeen(page, note.getByRole("button", { name: /^共感 0/ }), "Space");
  await note.getByRole("button", { name: /^共感 1/ }).waitFor();
  await pressSeen(page, note.getByRole("button", { name: /^操作/ }));
  await pressSeen(page, note.getByRole("button", { name: "書き直す" }));
  await page.getByLabel("書き直す").waitFor();
  await isSeen(page);
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("直した付箋");
  await page.keyboard.press("Control+Enter");
  const rewritten = noteOf(page, "直した付箋");
  await tabTo(page, rewritten.getByRole("button", { name: /^動かす/ }));
  await isSeen(page);
  await page.keyboard.press("ArrowRight");
  const ideal = page.locator("section.area").filter({ has: page.getByRole("heading", { name: "ありたい姿" }) });
  await ideal.getByRole("article").filter({ hasText: "直した付箋" }).waitFor();
  await pressSeen(page, rewritten.getByRole("button", { name: /^操作/ }));
  await choose(page, rewritten.getByLabel("まとまり"), "新しいまとまりを作る");
  await isSeen(page);
  await pressSeen(page, rewritten.getByRole("button", { name: "決める" }));
  await page.getByLabel("まとまりの名前").waitFor();
  await tabTo(page, page.getByLabel("まとまりの名前"));
  await isSeen(page);
  await page.keyboard.insertText("手の話");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /手の話/ }).waitFor();
  const second = noteOf(page, "もうひとつ");
  await pressSeen(page, second.getByRole("button", { name: /^操作/ }));
  await pressSeen(page, second.getByRole("button", { name: "消す" }));
  await second.waitFor({ state: "hidden" });
  await pressSeen(page, button(page, "元に戻す"));
  await second.waitFor();

  await pressSeen(page, button(page, "順番に話しはじめる"));
  await pressSeen(page, button(page, /次の人へ|一巡を終える/));
  await pressSeen(page, button(page, "助けを呼ぶ"));
  await pressSeen(page, button(page, "もう大丈夫です"));
  await button(page, "助けを呼ぶ").waitFor();

  await pressSeen(page, button(page, /^モヤモヤ/));
  const slider = page.getByRole("slider");
  await tabTo(page, slider);
  await isSeen(page);
  await page.keyboard.press("ArrowRight");
  await tabTo(page, page.getByLabel("ひとこと（なくてもかまいません）"));
  await page.keyboard.insertText("晴れ間");
  await page.keyboard.press("Enter");
  await page.getByText("あなたの答え：60%").waitFor();

  await pressSeen(page, button(page, /^ポスター/));
  const card = page.getByRole("article").filter({ hasText: PICTURED });
  await pressSeen(page, card.getByRole("button", { name: /^読む/ }));
  await pressSeen(page, card.getByRole("button", { name: /持ち帰りたい/ }), "Space");
  await expect
    .poll(() => card.getByRole("button", { name: /持ち帰りたい/ }).getAttribute("aria-pressed"), { timeout: SOON_MS })
    .toBe("true");
  await tabTo(page, card.getByLabel("コメントを書く"));
  await isSeen(page);
  await page.keyboard.insertText("うちでもやってみます");
  await page.keyboard.press("Control+Enter");
  await card.getByText("うちでもやってみます", { exact: true }).waitFor();

  await pressSeen(page, button(page, /^投票/));
  await tabTo(page, page.locator('fieldset input[type="checkbox"]:enabled').nth(1));
  await isSeen(page);
  await page.keyboard.press("Space");
  await pressSeen(page, button(page, "この内容で投票する"));
  await page.getByText("あなたの票は入っています。").waitFor();
  expect(await violationsOf(page)).toEqual([]);

  await tabTo(page, button(page, "メニュー"), "Shift+Tab");
  await isSeen(page);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(await button(page, "メニュー").evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Enter");
  await pressSeen(page, exact(page, "退出する"));
  await page.getByText("退出したことを伝えました").waitFor();
  await context.close();
}, 180_000);

test("a poster's picture is seen large, zoomed by keys and wheels of the hand; a PDF is offered", async () => {
  const page = await openLink(browser, linkOf("弘前市 担当B"), { width: 400, height: 800 });
  await button(page, /^ポスター/).click();
  const pdf = page.getByRole("link", { name: /^ポスター（PDF）を開く/ });
  const file = await page.request.get(server.address + ((await pdf.getAttribute("href")) ?? ""));
  expect(file.status()).toBe(200);
  expect(file.headers()["content-type"]).toBe("application/pdf");
  await pressSeen(page, button(page, /^大きく見る/));
  const picture = page.getByRole("img", { name: `${PICTURED}のポスター` });
  await picture.waitFor();
  const natural = () => picture.evaluate((element) => (element as HTMLImageElement).naturalWidth);
  await expect.poll(natural, { timeout: SOON_MS }).toBe(1600);
  const width = async (): Promise<number> => (await picture.boundingBox())?.width ?? 0;
  const before = await width();
  await page.keyboard.press("+");
  await expect.poll(width, { timeout: SOON_MS }).toBeCloseTo(before * 1.5, -1);
  await page.keyboard.press("0");
  await expect.poll(width, { timeout: SOON_MS }).toBeCloseTo(before, -1);
  await exact(page, "大きく").click();
  await exact(page, "大きく").click();
  await expect.poll(width, { timeout: SOON_MS }).toBeCloseTo(before * 2.25, -1);
  // What has become larger than the screen is dragged.
  const view = page.getByRole("group", { name: /^ポスターの絵/ });
  // Its middle stays in the middle, one frame after it has grown.
  const fromMiddle = () =>
    view.evaluate(({ scrollLeft, scrollWidth, clientWidth }) => scrollLeft - (scrollWidth - clientWidth) / 2);
  await expect.poll(fromMiddle, { timeout: SOON_MS }).toBeCloseTo(0, -1);
  const from = await view.evaluate((element) => element.scrollLeft);
  const box = await view.boundingBox();
  if (!box) throw new Error("the picture is on the screen");
  await page.mouse.move(box.x + 200, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 200, { steps: 4 });
  await page.mouse.up();
  await expect
    .poll(() => view.evaluate((element) => element.scrollLeft), { timeout: SOON_MS })
    .toBeCloseTo(from + 80, -1);
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await picture.waitFor({ state: "hidden" });
  await page.getByText("1枚を見ました").waitFor();
  await page.context().close();
});

test("nine times nine squares by keyboard alone, narrow and wide, with the focus to be seen", async () => {
  const narrow = await openLink(browser, linkOf("三沢市 担当A"), { width: 320, height: 800 });
  const wide = await openLink(browser, linkOf("三沢市 担当B"), { width: 1024, height: 800 });
  await rounds.open({ template: "nine_squares", title: "9マス" });
  for (const page of [narrow, wide]) await pressSeen(page, button(page, "移りました"));
  const map = narrow.getByRole("group", { name: "9マスの全体" });
  await tabTo(narrow, map.getByRole("button", { name: /^まんなか/ }));
  await isSeen(narrow);
  await write(narrow, "対話の場を増やす");
  await tabTo(narrow, map.getByRole("button", { name: /^まんなか/ }), "Shift+Tab");
  // Up from the middle is the second block; its theme is not there yet.
  await narrow.keyboard.press("ArrowUp");
  expect(await map.getByRole("button", { name: /^マス 2/ }).getAttribute("aria-current")).toBe("true");
  await isSeen(narrow);
  await write(narrow, "部署を越えた朝会");
  await noteOf(wide, "対話の場を増やす").waitFor();
  const wide_map = wide.getByRole("group", { name: "9マスの全体" });
  await pressSeen(wide, wide_map.getByRole("button", { name: /^マス 2/ }));
  await noteOf(wide, "部署を越えた朝会").waitFor();
  await write(wide, "月に一度から");
  for (const page of [narrow, wide]) {
    expect(await overflow(page)).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
  }
  await wide.context().close();
  await narrow.context().close();
});

test("at 200 % zoom, in forced colours and with less motion everything is there and can be used", async () => {
  // A window of 640 × 480 zoomed to 200 %: 320 × 240 css px, two device pixels each.
  const context = await browser.newContext({
    viewport: { width: 320, height: 240 },
    deviceScaleFactor: 2,
    locale: "ja-JP",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  await page.goto(linkOf("むつ市 担当A"));
  await isConnected(page);
  await rounds.open({ title: "大きな字" });
  await pressSeen(page, button(page, "移りました"));
  await write(page, "大きな字で書いた付箋");
  for (const name of [/^モヤモヤ/, /^ポスター/, /^投票/, /^全体/, /^部屋/]) {
    await pressSeen(page, page.getByRole("navigation").getByRole("button", { name }));
    expect(await overflow(page), String(name)).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
  }
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll("*")].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return animationName !== "none" || transitionDuration.split(",").some((each) => parseFloat(each) > 0);
      }).length,
  );
  expect(moving, "nothing moves").toBe(0);
  // In forced colours axe cannot tell the colours that are really drawn; nothing may stand in a colour of our own alone.
  await page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
  const tabs = page.getByRole("navigation").getByRole("button");
  const lines = await tabs.evaluateAll((all) =>
    all.map((element) => `${element.ariaCurrent ?? "no"}: ${getComputedStyle(element).borderTopWidth}`),
  );
  expect([...new Set(lines)].sort(), "the current tab is told by a thick line, too").toEqual(["no: 1px", "page: 4px"]);
  await pressSeen(page, tabs.filter({ hasText: "モヤモヤ" }));
  await context.close();
});

test("in a browser that may keep nothing everything works, it is said, and a reload stays the same person", async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 800 }, locale: "ja-JP" });
  await context.addInitScript(() => {
    const refuse = (): never => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
    for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
      Object.defineProperty(window, name, { get: refuse });
    }
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.setDefaultTimeout(SOON_MS);
  await page.goto(server.links?.shared ?? "");
  await pickName(page, "むつ市 担当B");
  await page.getByText("書きかけを残せない設定です").waitFor();
  await button(page, "移りました").click();
  await write(page, "残らないブラウザの付箋");
  expect(await violationsOf(page)).toEqual([]);
  await page.reload();
  await isConnected(page);
  await noteOf(page, "残らないブラウザの付箋").waitFor();
  expect(await noteOf(page, "残らないブラウザの付箋").count()).toBe(1);
  await page.goto(`${server.address}/check`);
  await page.locator(".sentence").getByText("この端末で問題なく使えます。").waitFor();
  await page.locator(".verdict").getByText("何も残せない設定です").waitFor();
  expect(errors).toEqual([]);
  await context.close();
});

test("/check is copied, and says the same in English", async () => {
  const context = await browser.newContext({
    viewport: { width: 320, height: 800 },
    locale: "en-GB",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(SOON_MS);
  await page.goto(`${server.address}/check`);
  await exact(page, "English").click();
  const sentence = page.locator(".sentence");
  await sentence.getByText("This device works well.").waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
  await button(page, "Copy the result").click();
  await page.getByText("Copied.").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain((await sentence.textContent()) ?? "?");
  expect(copied).toContain(`WebSocket: works`);
  const draft = (await page.getByRole("link", { name: "Open a draft mail" }).getAttribute("href")) ?? "";
  expect(draft).toMatch(/^mailto:/);
  expect(decodeURIComponent(draft)).toContain("WebSocket: works");
  expect(copied, "no Japanese is left").not.toMatch(/[ぁ-んァ-ン一-龠]/);
  expect(await violationsOf(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await context.close();
});
