/**
 * The console over a real server, as coordinators and facilitators use it, with participants in their rooms: everything but dragging by
 * keyboard alone, a second coordinator who carries on, undo, a killed server, hostile text.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonalLink } from "../../src/protocol/protocol";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { linksOf } from "../support/desk";
import { Engawa } from "../support/engawa";
import { choose, openLink, press, SOON_MS, tabTo, type } from "../support/hands";

let browser: Browser;
let server: Engawa;
/** The coordinator whose hands never touch a mouse. */
let first: Page;
let second: Page;
/** Four people of four municipalities; the first two look at their page, the others are only there. */
let people: PersonalLink[];
let pages: Page[];

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
/** The card of a room, by its number. */
const card = (page: Page, number: number) =>
  page.getByRole("article").filter({ has: page.getByRole("heading", { name: new RegExp(`^部屋 ${number}\\b`) }) });
const roomOf = async (page: Page): Promise<number> => {
  const heading = page.getByRole("heading", { name: /^あなたは部屋 \d+ です$/ });
  await heading.waitFor();
  return Number(/\d+/.exec((await heading.textContent()) ?? "")?.[0]);
};

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  const { personal } = await linksOf(server);
  const coordinators = personal.filter(({ role }) => role === "coordinator");
  people = personal.filter(({ role }) => role === "participant").filter((_, index) => index % 3 === 0);
  pages = await Promise.all(people.slice(0, 4).map(({ link }) => openLink(browser, link, { width: 320, height: 700 })));
  first = await openLink(browser, coordinators[0]?.link ?? "");
  second = await openLink(browser, coordinators[1]?.link ?? "");
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("by keyboard alone: a mixed grouping is proposed, looked at and opened", async () => {
  await first.getByText("参加 4/291人").waitFor();
  await press(first, button(first, /^部屋割り.*対話3/));
  const dialog = first.getByRole("dialog");
  await dialog.waitFor();
  await choose(first, dialog.getByLabel("分け方"), "まぜる");
  await tabTo(first, dialog.getByLabel("1部屋の人数（最大）"));
  await first.keyboard.press("Control+A");
  await first.keyboard.type("2");
  await press(first, button(first, "案を作る"));
  await first.getByText("2部屋、1部屋2〜2人").waitFor();
  await first.getByText("同じ自治体の人の組：0").waitFor();
  expect(await violationsOf(first)).toEqual([]);
  await press(first, button(first, "この案で開く"));
  await card(first, 1).waitFor();
  expect(await card(first, 1).getByText("2/2人").count()).toBe(1);
  const rooms = await Promise.all(pages.map(roomOf));
  expect([...rooms].sort()).toEqual([1, 1, 2, 2]);
});

test("by keyboard alone: two people are moved together, and are there at once", async () => {
  await press(first, button(first, /^名前.*部屋 1$/));
  const names = card(first, 1).getByRole("checkbox");
  await names.nth(0).waitFor();
  for (const index of [0, 1]) {
    await tabTo(first, names.nth(index));
    await first.keyboard.press("Space");
  }
  await first.getByText("2人を選んでいます").waitFor();
  await tabTo(first, first.getByLabel("移す先", { exact: true }), "Shift+Tab");
  await choose(first, first.getByLabel("移す先", { exact: true }), "部屋 2");
  await press(first, button(first, "2人を移す"));
  await first.getByText("2人を部屋 2に移しました。").waitFor();
  await expect.poll(() => Promise.all(pages.map(roomOf)), { timeout: SOON_MS }).toEqual([2, 2, 2, 2]);
});

test("the other coordinator sees who did it; the move is taken back, each to where they were", async () => {
  await second.getByText(/さんが人を移しました/).waitFor();
  await press(first, button(first, "元に戻す"));
  await expect
    .poll(async () => [...(await Promise.all(pages.map(roomOf)))].sort(), { timeout: SOON_MS })
    .toEqual([1, 1, 2, 2]);
});

test("by keyboard alone: a call for help is taken; the other coordinator sees by whom, the room too", async () => {
  const [page] = pages;
  if (!page) throw new Error("nobody there");
  await page.getByRole("button", { name: "助けを呼ぶ" }).click();
  await second.getByRole("button", { name: /^向かって部屋を見る/ }).waitFor();
  await press(first, button(first, /^向かって部屋を見る/));
  await page.getByText("さんが向かっています").first().waitFor();
  await second
    .getByText(/さんが向かっています/)
    .first()
    .waitFor();
  await first.getByRole("heading", { name: /を見ています$/ }).waitFor();
  await press(second, button(second, /^解決した/));
  // It says what is lost before it does it; Escape leaves everything as it is.
  await second.getByText(/の呼び出しを消します。/).waitFor();
  await second.keyboard.press("Escape");
  await press(second, button(second, /^解決した/));
  await press(second, button(second, "解決した（消す）"));
  await first.getByText("いまはありません。").waitFor();
});

test("by keyboard alone: an announcement, even a hostile one, is read as what it is and its readers are counted", async () => {
  const text = "<script>document.title='x'</script><b>集合</b> \u202Eあと5分\u202C です";
  await tabTo(first, first.getByLabel("全員に知らせる"));
  await first.keyboard.insertText(text);
  await first.keyboard.press("Control+Enter");
  const [page] = pages;
  if (!page) throw new Error("nobody there");
  await page.getByText("<b>集合</b>").waitFor();
  expect(await page.title()).not.toBe("x");
  await page.getByRole("button", { name: "読みました" }).first().click();
  await first.getByText(/人のうち1人が読みました/).waitFor();
});

test("a person is dragged to another room", async () => {
  await button(second, "全部の名前を出す").click();
  const before = await Promise.all(pages.map(roomOf));
  const from = before[0] ?? 1;
  const to = from === 1 ? 2 : 1;
  const chip = card(second, from).getByText(people[0]?.name ?? "", { exact: true });
  await chip.dragTo(card(second, to).getByRole("heading"));
  await second.getByText(`1人を部屋 ${to}に移しました。`).waitFor();
  const [page] = pages;
  if (page) await expect.poll(() => roomOf(page), { timeout: SOON_MS }).toBe(to);
});

test("a room gets a facilitator and a name; who is not allowed sees no such button", async () => {
  await press(second, button(second, /^設定.*部屋 1$/));
  const dialog = second.getByRole("dialog");
  await type(second, dialog.getByLabel("部屋の名前（なくてもかまいません）"), "👩‍👩‍👧の部屋<i>");
  await choose(second, dialog.getByLabel("この部屋の幹事"), "（幹事）");
  expect(await violationsOf(second)).toEqual([]);
  await press(second, button(second, "保存"));
  await card(second, 1)
    .getByText(/^幹事：/)
    .waitFor();
  const facilitator = await openLink(browser, server.links?.facilitator ?? "");
  await card(facilitator, 1).getByText("👩‍👩‍👧の部屋<i>").waitFor();
  // By keyboard alone, too: into the room, a note for it, and out again.
  await press(facilitator, button(facilitator, /^見る.*部屋 1$/));
  await facilitator.getByRole("heading", { name: "部屋 1 を見ています" }).waitFor();
  await tabTo(facilitator, facilitator.getByLabel("付箋を書く"));
  await facilitator.keyboard.insertText("幹事から：一歩の欄も書いてみましょう");
  await facilitator.keyboard.press("Control+Enter");
  await facilitator.getByRole("article").filter({ hasText: "一歩の欄も" }).getByText("保存しました").waitFor();
  for (const name of ["止める", "締めはじめる", "すぐに終える", "ラウンドを足す", "アンケート"]) {
    expect(await button(facilitator, name).count(), name).toBe(0);
  }
  expect(await violationsOf(facilitator)).toEqual([]);
  await press(facilitator, button(facilitator, "全体に戻る"));
  await facilitator.getByText("部屋を見るには、", { exact: false }).waitFor();
  await facilitator.context().close();
});

test("the agenda is edited while a round runs: a round is added, moved, removed, and comes back", async () => {
  await press(second, button(second, "ラウンドを足す"));
  const dialog = second.getByRole("dialog");
  await type(second, dialog.getByLabel("題名"), "ふりかえり");
  await choose(second, dialog.getByLabel("種類"), "全体");
  expect(await violationsOf(second)).toEqual([]);
  await press(second, dialog.getByRole("button", { name: "足す", exact: true }));
  const rounds = second.getByRole("region", { name: "進行表" }).getByRole("listitem");
  await rounds.last().getByText("ふりかえり", { exact: true }).waitFor();
  await press(second, rounds.last().locator("summary"));
  await press(second, button(second, /^前へ.*ふりかえり/));
  await rounds.nth(-2).getByText("ふりかえり", { exact: true }).waitFor();
  await press(second, button(second, /^消す.*ふりかえり/));
  await expect.poll(() => rounds.filter({ hasText: "ふりかえり" }).count(), { timeout: SOON_MS }).toBe(0);
  await press(
    second,
    second.getByText("「ふりかえり」を消しました。").locator("..").getByRole("button", { name: "元に戻す" }),
  );
  await rounds.nth(-2).getByText("ふりかえり", { exact: true }).waitFor();
});

test("after a killed server the console is there again, and goes on", async () => {
  await server.kill();
  await first.getByText("つなぎ直しています").waitFor();
  await server.run();
  await first.getByText("つながっています").first().waitFor();
  await press(first, first.getByRole("navigation").getByRole("button", { name: "部屋", exact: true }));
  await card(first, 1).waitFor();
});

test("by keyboard alone: time is added, the round begins to close, and everybody returns", async () => {
  const clock = first.getByRole("timer");
  const minutes = async (): Promise<number> => Number(((await clock.textContent()) ?? "").split(":")[0]);
  const before = await minutes();
  await press(first, button(first, "+5分"));
  await expect.poll(minutes, { timeout: SOON_MS }).toBeGreaterThan(before + 2);
  expect(await violationsOf(first)).toEqual([]);
  await press(first, button(first, "締めはじめる"));
  await first.getByText("まもなく全体に戻ります").first().waitFor();
  const [page] = pages;
  if (page) await page.getByText("まもなく全体に戻ります").first().waitFor();
  // Pressed by mistake: the round has the time that it had.
  await expect.poll(minutes, { timeout: SOON_MS }).toBeLessThan(2);
  await press(first, button(first, "元に戻す").last());
  await expect.poll(minutes, { timeout: SOON_MS }).toBeGreaterThan(before + 2);
  if (page) await page.getByText("まもなく全体に戻ります").first().waitFor({ state: "hidden" });
  await press(first, button(first, "締めはじめる"));
  await first.getByText("まもなく全体に戻ります").first().waitFor();
  await press(first, button(first, "すぐに終える"));
  if (page) await page.getByRole("heading", { name: "全体", exact: true }).waitFor();
  expect(await violationsOf(first)).toEqual([]);
});

test("an opening pressed by mistake is taken back: the same round comes next again", async () => {
  await press(second, button(second, /^開く.*休憩/));
  await second.getByText("「休憩」を開きました。").waitFor();
  await press(second, button(second, "開くのを取り消す").last());
  await button(second, /^開く.*休憩/).waitFor();
  await second.getByText("開いているラウンドはありません").waitFor();
});

test("rooms come from a file, looked at first; a facilitator is given to one of them", async () => {
  await press(second, button(second, /^部屋割り.*対話1/));
  const dialog = second.getByRole("dialog");
  await dialog.getByText("ファイルで決める（Excel・CSV）").click();
  const [a, b, c] = people;
  const row = (room: string, person?: PersonalLink) => `${room},${person?.name},${person?.team},${person?.region}`;
  const lines = ["部屋,氏名,自治体,都道府県", row("部屋 1", a), row("１", b), row("奥の部屋", c), "1,だれか,,"];
  const file = { name: "部屋割り.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n")) };
  await dialog.getByRole("button", { name: /^部屋割りのファイル/ }).setInputFiles(file);
  await dialog.getByText("2部屋・3人を読みました").waitFor();
  await dialog.getByText(/「だれか」さんは名簿にいません。/).waitFor();
  expect(await violationsOf(second)).toEqual([]);
  await dialog.getByRole("button", { name: "この部屋割りを案にする" }).click();
  await second.getByText("2部屋の案を入れました。").waitFor();
  const guide = dialog.getByLabel("部屋 2の幹事");
  await choose(second, guide, "幹事：幹事 1");
  await press(second, dialog.getByRole("button", { name: /^保存.*部屋 2$/ }));
  // The other coordinator sees the same proposal, facilitator and all.
  await press(first, button(first, /^部屋割り.*対話1/));
  await first
    .getByRole("dialog")
    .getByRole("heading", { name: /奥の部屋/ })
    .waitFor();
  const theirs = first.getByRole("dialog").getByLabel("部屋 2の幹事");
  const given = () => theirs.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.textContent);
  await expect.poll(given, { timeout: SOON_MS }).toMatch(/^幹事：幹事 1/);
});
