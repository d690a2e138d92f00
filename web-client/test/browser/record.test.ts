/**
 * Files out of a real meeting, taken by hand and read: the record in both editions by the coordinator and by the secretariat, the vote's
 * file before and after its time, files for Zoom, the page to print as paper, an error that says what to do.
 */
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonalLink } from "../../src/protocol/protocol";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Desk, linksOf } from "../support/desk";
import { Engawa } from "../support/engawa";
import { harmDone, harmful } from "../support/hostile";
import { choose, openLink, press, SOON_MS } from "../support/hands";

let browser: Browser;
let server: Engawa;
let coordinator: Page;
let secretariat: Page;
let desk: Desk;
let office: Desk;
let team: PersonalLink[];

const button = (page: Page | Locator, name: string | RegExp) => page.getByRole("button", { name });

/** Presses a button and reads the file that comes. */
async function taken(page: Page, target: Locator): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: SOON_MS }), target.click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** The files of an archive, by its central directory. */
function unzip(bytes: Buffer): Map<string, string> {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const files = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [size, name, extra, comment] = [20, 28, 30, 32].map((offset, index) =>
      index === 0 ? bytes.readUInt32LE(at + offset) : bytes.readUInt16LE(at + offset),
    ) as [number, number, number, number];
    const begin = bytes.readUInt32LE(at + 42);
    const data = begin + 30 + bytes.readUInt16LE(begin + 26) + bytes.readUInt16LE(begin + 28);
    const packed = bytes.subarray(data, data + size);
    const plain = bytes.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed);
    files.set(bytes.toString("utf8", at + 46, at + 46 + name), plain.toString("utf8"));
    at += 46 + name + extra + comment;
  }
  return files;
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  const { personal } = await linksOf(server);
  const link = (role: string): string => personal.find((each) => each.role === role)?.link ?? "";
  desk = new Desk(server, link("coordinator"));
  office = new Desk(server, link("secretariat"));
  team = personal.filter(({ role }) => role === "participant").slice(0, 3);
  coordinator = await openLink(browser, link("coordinator"));
  secretariat = await openLink(browser, link("secretariat"));
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("the console's files: all in one archive, without names unless asked; keyboard alone, axe clean", async () => {
  await desk.must({ type: "announce", text: "=あと5分です" });
  await desk.must({ type: "announce", text: harmful("連絡", 500) });
  await press(coordinator, button(coordinator, "ファイル・記録"));
  await coordinator.getByText("まだ終わっていません。").waitFor();
  expect(await violationsOf(coordinator)).toEqual([]);
  const archive = button(coordinator, "まとめて取り出す（zip）");
  const nameless = await taken(coordinator, archive);
  expect(nameless.name).toMatch(/_記録_名前なし\.zip$/);
  const files = unzip(nameless.bytes);
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(["record.xlsx", "record.html", "record.md", "csv/02_agenda.csv", "csv/06_notes.csv"]),
  );
  expect(files.get("csv/07_announcements.csv")).toContain(`"'=あと5分です"`);
  const someone = team[0]?.name ?? "nobody";
  await coordinator.getByLabel("入れる（内部用）").check();
  await coordinator.getByText(/^名前を出すボードの付箋/).waitFor();
  const named = await taken(coordinator, archive);
  expect(named.name).toMatch(/_記録_名前あり\.zip$/);
  const with_names = unzip(named.bytes);
  expect(with_names.get("csv/07_announcements.csv")).toContain("進行 1");
  for (const text of files.values()) expect(text).not.toContain(someone);
  await coordinator.getByRole("status").filter({ hasText: "を保存しました。" }).waitFor();
});

test("one table, and the page to print as A4 paper", async () => {
  await choose(coordinator, coordinator.getByLabel("表をひとつだけ（CSV）"), "進行（予定と実際）");
  const csv = await taken(coordinator, button(coordinator, "CSVを取り出す"));
  expect(csv.bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  expect(csv.bytes.toString("utf8")).toContain('"順番","種類","題名"');
  const page = await taken(coordinator, button(coordinator, "印刷用のページ"));
  const context = await browser.newContext({ javaScriptEnabled: false });
  const paper = await context.newPage();
  await paper.setContent(page.bytes.toString("utf8"));
  const pdf = (await paper.pdf({ preferCSSPageSize: true })).toString("latin1");
  const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? [];
  expect([Math.round(Number(width)), Math.round(Number(height))]).toEqual([595, 842]);
  await context.close();
  const view = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "ja-JP", bypassCSP: true });
  const screen = await view.newPage();
  await screen.setContent(page.bytes.toString("utf8"));
  await screen.getByText("連絡\u202E<script>bad=1</script><img src=x onerror=bad=1>").waitFor();
  expect(await harmDone(screen)).toBe(false);
  expect(await screen.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await violationsOf(screen)).toEqual([]);
  await view.close();
});

test("files for Zoom: who lacks an address is listed, and the file is right to the byte", async () => {
  const [first, second, third] = team as [PersonalLink, PersonalLink, PersonalLink];
  await desk.must({
    type: "set_grouping",
    round: 2,
    rooms: [{ name: "弘前の部屋", facilitator: null, members: [first.person, second.person, third.person] }],
  });
  const rounds = coordinator.getByRole("combobox", { name: "ラウンド", exact: true });
  await rounds.getByText("対話1").waitFor({ state: "attached" });
  await choose(coordinator, rounds, "対話1");
  await coordinator.getByText("メールアドレスが名簿にないため").waitFor();
  const { person, name, role } = first;
  await desk.must({ type: "edit_person", person, name, team: 1, role, email: "a@example.jp" });
  // The roster is not on this page; another look asks again.
  await choose(coordinator, rounds, "選んでください");
  await choose(coordinator, rounds, "対話1");
  await coordinator.getByText("1部屋、1人分を書き出せます。").waitFor();
  const zoom = await taken(coordinator, button(coordinator, "事前割り当て（CSV）"));
  expect(zoom.bytes.toString("latin1")).toBe(
    Buffer.from("Pre-assign Room Name,Email Address\r\n01 弘前の部屋,a@example.jp\r\n").toString("latin1"),
  );
  const list = await taken(coordinator, button(coordinator, "読み上げ用の一覧"));
  expect(list.bytes.toString("utf8")).toContain(`01 弘前の部屋: ${first.name}`);
  await coordinator.getByText("メールアドレスがない方（2人）").click();
  await coordinator.getByText(`部屋 1 ${second.name}`).waitFor();
  expect(await violationsOf(coordinator)).toEqual([]);
  await button(coordinator, /^部屋割り.*対話1/).click();
  await coordinator.getByRole("dialog").getByText("1部屋、1人分を書き出せます。").waitFor();
  await coordinator.getByRole("dialog").getByRole("button", { name: "閉じる", exact: true }).click();
});

test("the secretariat takes the vote's file when the vote has closed, coordinators when it is published", async () => {
  await button(secretariat, "ファイル・記録").click();
  await secretariat.getByText("投票が締め切られると取り出せます。").waitFor();
  await office.must({ type: "open_vote" });
  const [voter] = team as [PersonalLink];
  await new Desk(server, voter.link).must({ type: "cast_ballot", choices: [12, 14] });
  await office.must({ type: "close_vote" });
  const file = await taken(secretariat, button(secretariat, "投票のファイルを取り出す"));
  const text = file.bytes.toString("utf8");
  expect(text.startsWith("engawa vote file 1\n")).toBe(true);
  expect(text).toMatch(/^ballot 1 \S+ 12,14 [0-9a-f]{64}$/m);
  expect(text).not.toContain(voter.name);
  await coordinator.getByText("集計担当が順位を公表すると取り出せます。").waitFor();
  await office.must({ type: "publish_standings", scope: "everyone" });
  const again = await taken(coordinator, button(coordinator, "投票のファイルを取り出す"));
  expect(again.bytes.equals(file.bytes)).toBe(true);
  expect(await violationsOf(secretariat)).toEqual([]);
});

test("the preparation page has the record too, in English as well; a server that is away is told in a sentence", async () => {
  await button(coordinator, "準備").click();
  const record = coordinator.getByRole("region", { name: "記録", exact: true });
  await record.waitFor();
  await coordinator.getByRole("button", { name: "English" }).click();
  const english = coordinator.getByRole("region", { name: "Record", exact: true });
  const book = await taken(coordinator, button(english, "Excel"));
  expect(book.bytes.subarray(0, 2).toString()).toBe("PK");
  expect(await violationsOf(coordinator)).toEqual([]);
  await server.kill();
  await button(english, "Excel").click();
  await english.getByRole("alert").filter({ hasText: "Please check the connection" }).waitFor();
});
