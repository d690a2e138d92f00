/**
 * The vote over a real server, with the secretariat's page, a second one, and the projector open. Both are used by keyboard alone, from
 * the rules to the file: set, opened, watched, recounted, closed, revealed place by place with a killed server in between, told to all.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonalLink } from "../../src/protocol/protocol";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Desk, linksOf } from "../support/desk";
import { Engawa } from "../support/engawa";
import { choose, openLink, press, SOON_MS, type } from "../support/hands";

let browser: Browser;
let server: Engawa;
let first: Page;
let second: Page;
let wall: Page;
let voters: Desk[];
let participants: PersonalLink[];

const upcomingButton = (page: Page) => page.getByRole("button", { name: /^次（/ });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  const { personal } = await linksOf(server);
  const office = personal.filter(({ role }) => role === "secretariat");
  // One each of six municipalities, the first of the roster; their own posters are 1 to 6.
  participants = personal.filter(({ role }) => role === "participant").filter((_, index) => index % 3 === 0);
  voters = participants.slice(0, 6).map(({ link }) => new Desk(server, link));
  first = await openLink(browser, office[0]?.link ?? "");
  second = await openLink(browser, office[1]?.link ?? "");
  wall = await openLink(browser, server.links?.screen ?? "", { width: 1280, height: 720 });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("the wall shows the way in: a QR code, the address and the code to type", async () => {
  await wall.getByRole("img", { name: "参加ページを開くQRコード" }).waitFor();
  await wall.getByText(server.links?.code ?? "no code", { exact: true }).waitFor();
  await wall.getByText(new URL(server.address).host, { exact: true }).waitFor();
  expect(await violationsOf(wall)).toEqual([]);
});

test("the rules are set before the vote opens", async () => {
  await type(first, first.getByLabel("選べる数"), "4");
  await press(first, button(first, "保存"));
  await expect.poll(() => second.getByLabel("選べる数").inputValue(), { timeout: SOON_MS }).toBe("4");
  await type(second, second.getByLabel("選べる数"), "3");
  await press(second, button(second, "保存"));
  await expect.poll(() => first.getByLabel("選べる数").inputValue(), { timeout: SOON_MS }).toBe("3");
});

test("by keyboard alone: the vote is opened; ballots move the bars and the turnout on all pages", async () => {
  await press(first, button(first, "投票を開く"));
  // The turnout's number: the chart below it, which appears as the clock moves on, has a table with the same.
  const turnout = first.locator("dl");
  await turnout.getByText(/^0 \/ 291/).waitFor();
  // Poster 11 gets 5, 12 and 13 get 3 each, 14 gets 1.
  const ballots = [[11, 12, 13], [11, 12, 13], [11, 12, 13], [11], [11, 14]];
  for (const [index, choices] of ballots.entries()) await voters[index]?.must({ type: "cast_ballot", choices });
  await turnout.getByText(/^5 \/ 291/).waitFor();
  await wall.getByText("291人のうち5人").waitFor();
  await press(first, button(first, "表で見る").last());
  const rows = first.getByRole("row");
  await rows.nth(1).getByText("1位", { exact: true }).waitFor();
  expect(await rows.nth(2).textContent()).toContain("2位（同）");
  expect(await rows.nth(3).textContent()).toContain("2位（同）");
  expect(await rows.nth(4).textContent()).toContain("4位");
  // Two who look at the same moment see the same, and it is the sum of the ballots.
  await press(second, button(second, "表で見る").last());
  const table = (page: Page) =>
    page.getByRole("table").filter({ hasText: "1位" }).locator("tbody tr").allTextContents();
  const counts = (await table(first)).map((row) => Number(/(\d+)\s*$/.exec(row)?.[1]));
  expect(await table(second)).toEqual(await table(first));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ballots.flat().length);
  expect(await violationsOf(first)).toEqual([]);
  await press(first, button(first, "棒で見る"));
});

test("bars move, they are not drawn anew: the row that overtakes is the same element", async () => {
  const rows = first.locator(".bar-row");
  const top = async (): Promise<number> =>
    rows.evaluateAll((all) =>
      all.map((row) => row.getBoundingClientRect().top).findIndex((y, _, ys) => y === Math.min(...ys)),
    );
  const winner = await top();
  await rows.nth(winner).evaluate((row) => row.setAttribute("data-mark", "same"));
  for (const [index, choices] of [[21], [21], [21], [21], [21, 22], [21]].entries()) {
    await voters[index]?.must({ type: "cast_ballot", choices });
  }
  await expect.poll(top, { timeout: SOON_MS }).not.toBe(winner);
  expect(await rows.nth(winner).getAttribute("data-mark")).toBe("same");
});

test("turnout over time is drawn and can be read as a table, on a page opened late, too", async () => {
  const { personal } = await linksOf(server);
  const late = await openLink(browser, personal.filter(({ role }) => role === "secretariat")[2]?.link ?? "");
  await late.getByRole("img", { name: /投票しました。$/ }).waitFor({ timeout: SOON_MS });
  await late.context().close();
});

test("a recount gives the same, closing is asked twice, and the receipts' list has its check value", async () => {
  await press(first, button(first, "数え直す"));
  await first.getByText("集計と一致しました。").waitFor();
  await press(first, button(first, "投票を締め切る"));
  await first.getByText("締め切ると、票は二度と変えられません。").waitFor();
  await press(first, button(first, "締め切る").filter({ hasNotText: "投票を" }));
  await first.getByText("締切", { exact: true }).waitFor();
  await button(second, "発表を始める").waitFor();
  await press(second, button(second, "数え直す"));
  await second.getByText("集計と一致しました。").waitFor();
  const late = await voters[5]?.send({ type: "cast_ballot", choices: [1] });
  expect(late).toMatchObject({ outcome: "rejected", rejection: { code: "vote_not_open" } });
  expect(await violationsOf(first)).toEqual([]);
});

test("by keyboard alone: the reveal begins at the chosen place; the wall follows, one place at a time", async () => {
  await choose(first, first.getByLabel("発表の順"), "下の順位から");
  await type(first, first.getByLabel("始める順位"), "2");
  await press(first, button(first, "発表を始める"));
  await wall.getByText("まもなく発表が始まります。").waitFor();
  await first.getByText("あと2回").waitFor();
  // 21 has 6, 22 has 1; the others none, and share the third place, which is left out here. What comes next stands beside the button before it is pressed.
  const upcoming = first.locator(".upcoming");
  expect(await upcoming.textContent()).toContain("2位");
  // The focus is on it already: whoever stands in front of everybody need not look for it.
  expect(await upcomingButton(first).evaluate((element) => element === document.activeElement)).toBe(true);
  await first.keyboard.press("Enter");
  await wall.getByText("2位", { exact: true }).waitFor();
  expect(await wall.getByText("1位", { exact: true }).count()).toBe(0);
  await first.getByText("あと1回").waitFor();
  expect(await upcomingButton(first).evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await violationsOf(wall)).toEqual([]);
});

test("after a killed server the wall stands where it stood", async () => {
  await server.kill();
  await wall.getByText("つなぎ直しています").waitFor();
  await server.run();
  for (const page of [wall, first, second]) await page.getByText("つながっています").first().waitFor();
  await wall.getByText("2位", { exact: true }).waitFor();
  expect(await wall.getByText("1位", { exact: true }).count()).toBe(0);
});

test("vt7: two who press at once show one place, and the second is told so", async () => {
  await press(first, first.locator("summary").filter({ hasText: "発表を始めから" }));
  await choose(first, first.getByLabel("発表の順"), "4位以下をまとめて");
  await press(first, button(first, "発表を始めから"));
  for (const page of [first, second]) await button(page, "次（3位）を出す").waitFor();
  await second.getByText("投影には「まもなく発表が始まります」と出ています。").waitFor();
  const steps = await first.getByText(/^あと\d+回$/).textContent();
  const left = Number(/\d+/.exec(steps ?? "")?.[0]);
  const { personal } = await linksOf(server);
  const office = personal.filter(({ role }) => role === "secretariat").map(({ link }) => new Desk(server, link));
  const replies = await Promise.all(office.slice(0, 2).map((desk) => desk.send({ type: "reveal_next", place: 3 })));
  expect(replies.map(({ outcome }) => outcome).sort()).toEqual(["accepted", "rejected"]);
  expect(replies.find(({ outcome }) => outcome === "rejected")).toMatchObject({
    rejection: { code: "already_revealed" },
  });
  await first.getByText(`あと${left - 1}回`).waitFor();
  await second.getByText(`あと${left - 1}回`).waitFor();
});

test("places are told to all, after a second yes; participants see their own", async () => {
  await press(second, button(second, "全員に、全部の順位を知らせる"));
  await second.getByText("知らせると、取り消せません。").waitFor();
  await press(second, second.getByRole("group").getByRole("button", { name: "知らせる", exact: true }));
  await second.getByText("順位を知らせました。").waitFor();
  const page = await openLink(browser, participants[10]?.link ?? "", { width: 320, height: 700 });
  await press(page, button(page, /^投票/));
  await page.getByText("あなたの自治体の順位").waitFor();
});
