/** Preparing a meeting as the office does it: from the operator's key to a participant who sees the poster. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Links } from "../../src/protocol/protocol";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Engawa } from "../support/engawa";
import { isConnected } from "../support/people";
import { cp932, png, zip } from "../support/uploads";

/** How long something may take on a machine that does much else. */
const SOON_MS = 30_000;

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
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
});
afterAll(async () => {
  for (const context of contexts) await context.close();
  await browser.close();
  await server.end();
});

test("without a link the front page says what to do, and a meeting is made with the operator's key", async () => {
  page = await newPage(1024);
  await page.goto(server.address);
  await page.getByRole("link", { name: "新しいミーティングを用意する" }).click();
  await page.getByLabel("運用者の鍵").fill("wrong");
  await page.getByLabel("題名").fill("第4回研究会 <script>alert(1)</script>");
  await page.getByLabel("日時（始まる時刻）").fill("2031-11-29T13:30");
  await page.getByLabel("進行をする人の名前").fill("事務局A");
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "ミーティングを作る" }).click();
  await page.getByText("この鍵では作れません").waitFor();
  await page.getByLabel("運用者の鍵").fill(server.adminKey);
  // By the keyboard alone.
  await page.getByLabel("運用者の鍵").press("Enter");
  await page.getByRole("heading", { name: "ミーティングの準備" }).waitFor();
  expect(page.url()).not.toContain("#");
  await expect
    .poll(() => part("about").getByRole("textbox", { name: "保存期限" }).inputValue(), { timeout: SOON_MS })
    .not.toBe("");
  expect(await violationsOf(page)).toEqual([]);
});

test("a roster in CP932 is shown with its doubts and taken only when confirmed", async () => {
  const roster = [
    "自治体,団体コード,氏名,役割",
    "弘前市,22021,髙橋①,",
    "弘前市,,担当B,",
    "むつ市,,担当　C,村長",
    "むつ市,,担当 C,",
    "なし市,,,",
  ].join("\r\n");
  const home_made = Buffer.concat([cp932(`${roster}\r\nむつ市,,担当`), Buffer.of(0xf0, 0x40), cp932(",\r\n")]);
  const choose = () =>
    part("roster")
      .getByRole("button", { name: /名簿のファイル/ })
      .setInputFiles({ name: "名簿<b>.csv", mimeType: "text/csv", buffer: home_made });
  await choose();
  await part("roster").getByText("CSV（Shift_JIS）として読み").waitFor();
  const findings = part("roster").getByRole("table").first();
  await findings.getByText("3文字目は外字（U+E000）です").waitFor();
  await findings.getByText("先頭の0が消えていたので、022021としました").waitFor();
  await findings.getByText("4行目と同じ人です").waitFor();
  await findings.getByText("役割「村長」は分かりません").waitFor();
  await findings.getByText("氏名がありません").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.reload();
  await part("roster").getByText("いま、名簿に1人、0自治体").waitFor();
  await choose();
  await part("roster").getByRole("button", { name: "この4人を取り込む" }).click();
  await part("roster").getByText("いま、名簿に5人、2自治体").waitFor();
  await choose();
  await part("roster").getByText("新しく加わる 0人、変わる 0人、そのまま 4人").waitFor();
  await part("roster").getByRole("button", { name: "取り込まない" }).click();
  const broken = { name: "x.csv", mimeType: "text/csv", buffer: Buffer.of(0x61, 0x0a, 0xff, 0x0a) };
  await part("roster")
    .getByRole("button", { name: /名簿のファイル/ })
    .setInputFiles(broken);
  await part("roster").getByText("2行目に読めない文字があります").waitFor();
});

test("an agenda comes from a template, goes out as a file and is told where it is wrong", async () => {
  const agenda = part("agenda");
  await agenda.getByLabel("ひな形").selectOption({ label: "ポスターセッション" });
  await agenda.getByRole("button", { name: "このひな形を見る" }).click();
  await agenda.getByRole("button", { name: "この7ラウンドにする" }).click();
  await agenda.getByText("いま、7ラウンドあります").waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    agenda.getByRole("button", { name: "進行表を書き出す" }).click(),
  ]);
  const text = readFileSync(await saved.path(), "utf8");
  expect(text).toContain('kind = "posters"');
  const put = (text: string) =>
    agenda
      .getByRole("button", { name: "進行表のファイル（TOML）" })
      .setInputFiles({ name: "a.toml", mimeType: "text/plain", buffer: Buffer.from(text) });
  await put(text.replace('kind = "posters"', 'kind = "poster"'));
  await agenda.getByText("「kind」に書けるのは").waitFor();
  await put(text);
  await agenda.getByText("まだ始まっていない7ラウンドと置き換わります").waitFor();
  await agenda.getByRole("button", { name: "やめる" }).click();
});

test("posters come in an archive with a list; a broken one is named and the rest goes in", async () => {
  const archive = zip([
    [Buffer.from("list.csv"), Buffer.from("自治体,タイトル,ファイル名\n弘前市,対話でつくる方針,01.png\n")],
    [Buffer.from("posters/01.png"), png(900, 600, [0, 90, 160])],
    // As Windows writes names.
    [cp932("posters/むつ市.png"), png(60, 40, [200, 40, 40])],
    [Buffer.from("posters/<img src=x onerror=alert(1)>.png"), Buffer.from("not a picture")],
  ]);
  const posters = part("posters");
  await posters
    .getByRole("button", { name: /ポスターのファイル/ })
    .setInputFiles({ name: "posters.zip", mimeType: "application/zip", buffer: archive });
  await posters.getByText("1件は入れられませんでした").waitFor();
  await posters.getByText("PNG、JPEG、WebP、PDFのどれでもありません").waitFor();
  await posters.getByText("<img src=x onerror=alert(1)>.png").waitFor();
  await posters.getByRole("button", { name: "2件をポスターとして登録する" }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await posters.getByRole("button", { name: "2件をポスターとして登録する" }).click();
  await posters.getByText("いま、2自治体のうち2自治体のポスターがあります").waitFor();
});

test("another coordinator goes on where the first has stopped, at a narrow window too", async () => {
  await part("about").getByLabel("進行をする人を加える").fill("事務局B");
  await part("about").getByRole("button", { name: "加える" }).click();
  await page.getByText("事務局Bさんを加えました").waitFor();
  const link = await page.evaluate(async () => {
    const token = JSON.parse(sessionStorage.getItem("engawa.token") ?? '""') as string;
    const answer = await fetch("/api/links", { headers: { Authorization: `Bearer ${token}` } });
    const { personal } = (await answer.json()) as { personal: { name: string; link: string }[] };
    return personal.find(({ name }) => name === "事務局B")?.link ?? "";
  });
  const other = await newPage(320);
  await other.goto(link);
  await other.getByRole("button", { name: "準備", exact: true }).click();
  await other.getByText("いま、2自治体のうち2自治体のポスターがあります").waitFor();
  expect(await overflow(other)).toBe(0);
  expect(await violationsOf(other)).toEqual([]);
});

test("links go out as a workbook, as CSV and as cards; a person comes in by theirs and sees the poster", async () => {
  const links = part("links");
  const [book] = await Promise.all([
    page.waitForEvent("download"),
    links.getByRole("button", { name: "Excelで受け取る" }).click(),
  ]);
  expect(
    readFileSync(await book.path())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
  const [sheet] = await Promise.all([
    page.waitForEvent("download"),
    links.getByRole("button", { name: "CSVで受け取る" }).click(),
  ]);
  const lines = readFileSync(await sheet.path(), "utf8").split("\r\n");
  expect(lines[0]).toBe('\ufeff"都道府県","自治体","氏名","役割","リンク","参加コード","ミーティング"');
  const link = /"(http[^"]+)"/.exec(lines.find((line) => line.includes("髙橋①")) ?? "")?.[1] ?? "";
  expect(link).toContain("/j#");

  await links.getByRole("button", { name: "印刷用のカード（QRコード）" }).click();
  await page.getByRole("img", { name: "髙橋①のQRコード" }).waitFor();
  await page.getByText("6枚").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length, "the wall and one sheet of cards").toBe(2);
  await page.getByRole("button", { name: "準備に戻る" }).click();

  const guest = await newPage(320);
  await guest.goto(link);
  await isConnected(guest);
  const address = await page.locator("#part-posters details img").first().getAttribute("src");
  const seen = await guest.evaluate(async (src) => {
    const image = new Image();
    image.src = src ?? "";
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  }, address);
  expect(seen).toEqual([640, 426]);
});

test("er9 ht42: one person's data are taken out, asked twice; their window and browser are cleared, a certificate remains", async () => {
  const kept = await page.evaluate(() => sessionStorage.getItem("engawa.token"));
  const answer = await fetch(`${server.address}/api/links`, {
    headers: { Authorization: `Bearer ${JSON.parse(kept ?? '""') as string}` },
  });
  const { personal } = (await answer.json()) as Links;
  const context = await browser.newContext({ viewport: { width: 320, height: 800 }, locale: "ja-JP" });
  const theirs = await context.newPage();
  await theirs.goto(personal.find(({ name }) => name === "担当B")?.link ?? "");
  await isConnected(theirs);
  const ofTheirs = () =>
    theirs.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }));
  expect(await ofTheirs()).toContain("担当B");

  const erase = part("erase");
  await erase.getByLabel("だれのデータを消しますか").selectOption({ label: "担当B（弘前市）" });
  await erase.getByRole("button", { name: "内容を確かめる" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "担当Bさんのデータを消す" }).waitFor();
  await dialog.getByText("すでにダウンロードした記録").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await overflow(page)).toBe(0);
  await dialog.getByRole("button", { name: "データを消す" }).click();
  await dialog.getByText("書いたものをどうするか、選んでください").waitFor();
  await dialog.getByRole("radio", { name: "文章もすべて消す" }).check();
  await dialog.getByRole("button", { name: "データを消す" }).click();
  await dialog.getByText("担当Bさんのデータを完全に消しますか").waitFor();
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "データを消す" }).click();
  await dialog.getByRole("button", { name: "完全に消す" }).click();
  await dialog.getByRole("heading", { name: "消しました" }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "証明書を保存する" }).click(),
  ]);
  const text = readFileSync(await file.path(), "utf8");
  expect(text).not.toContain("担当B");
  const certificate = JSON.parse(text) as Record<string, unknown>;
  const open = JSON.stringify({ ...certificate, certificate_hash: "" });
  expect(createHash("sha256").update(open).digest("hex")).toBe(certificate["certificate_hash"]);
  await dialog.getByRole("button", { name: "閉じる" }).click();
  await page.setViewportSize({ width: 1024, height: 900 });
  await erase.getByText("これまでの消去の証明書").click();
  await erase.getByText("消した文章0件").waitFor();
  await part("roster").getByText("いま、名簿に5人、2自治体").waitFor();
  expect(await erase.getByRole("option", { name: "担当B（弘前市）" }).count()).toBe(0);

  await theirs.getByText("あなたのデータはこのミーティングから消されました").waitFor();
  expect(await violationsOf(theirs)).toEqual([]);
  expect(await ofTheirs()).not.toContain("担当B");
  await context.close();
});

test("the information sheet says whom to ask and fits a sheet of A4, at a narrow window too", async () => {
  const reader = await newPage(320);
  await reader.goto(server.address);
  await reader.getByRole("link", { name: "データの取り扱い（情報シート）" }).click();
  await reader.getByText("127.0.0.1、ポート").waitFor();
  expect(await overflow(reader)).toBe(0);
  expect(await violationsOf(reader)).toEqual([]);
  const pdf = await reader.pdf({ format: "A4" });
  expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length).toBe(1);
  await reader.getByRole("button", { name: "English" }).click();
  await reader.getByRole("heading", { name: "How data is handled" }).waitFor();
});

test("a meeting is deleted by whoever writes its title; a certificate remains, and everybody is told", async () => {
  const guest = contexts.at(-2)?.pages().at(-1);
  const remove = part("remove");
  const field = remove.getByLabel("消すには、題名");
  await field.fill("第5回研究会");
  await remove.getByRole("button", { name: "完全に消す" }).click();
  await remove.getByText("題名が違います").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  const title = /「(.*)」を/.exec((await remove.locator("label").textContent()) ?? "")?.[1] ?? "";
  await field.fill(title);
  await remove.getByRole("button", { name: "完全に消す" }).click();
  await page.getByRole("heading", { name: "ミーティングを消しました" }).waitFor();
  await page.getByText(title).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "証明書を保存する" }).click(),
  ]);
  const certificate = JSON.parse(readFileSync(await file.path(), "utf8")) as Record<string, unknown>;
  expect(certificate).toMatchObject({ title, reason: "asked" });
  const hash = certificate["certificate_hash"];
  const open = JSON.stringify({ ...certificate, certificate_hash: "" });
  expect(createHash("sha256").update(open).digest("hex")).toBe(hash);
  await guest?.getByText("このミーティングはもうありません").waitFor();
  await page.reload();
  await page.getByText(title).waitFor();
});
