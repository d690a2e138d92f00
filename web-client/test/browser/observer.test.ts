/** Who only looks on, by keyboard alone: the plenary, the posters and their pictures, the vote, what is announced, and leaving. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Desk, hangPicture, linksOf, PICTURED, Rounds } from "../support/desk";
import { Engawa } from "../support/engawa";
import { openLink, pressSeen, seenOnTheWay, SOON_MS, tabTo, isSeen } from "../support/hands";

let browser: Browser;
let server: Engawa;
let coordinator: Desk;
let page: Page;

const button = (name: string | RegExp) => page.getByRole("button", { name });
const exact = (name: string) => page.getByRole("button", { name, exact: true });
const tab = (name: RegExp) => page.getByRole("navigation").getByRole("button", { name });

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  coordinator = new Desk(server, server.links?.coordinator ?? "");
  await hangPicture(coordinator);
  await coordinator.must({ type: "add_person", name: "マネ友 A", team: null, role: "observer", email: null });
  const { personal } = await linksOf(server);
  page = await openLink(browser, personal.find(({ role }) => role === "observer")?.link ?? "", {
    width: 320,
    height: 800,
  });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("by keyboard alone: the observer reads what there is, is offered nothing to write, and leaves", async () => {
  await new Rounds(coordinator).open({ kind: "plenary", title: "全体の時間", question: "今日の問い" });
  await page.getByText("今日の問い").first().waitFor();
  await coordinator.must({ type: "announce", text: "あと5分で始めます。" });
  await pressSeen(page, exact("読みました"));
  await page.locator(".unread").waitFor({ state: "hidden" });
  expect(await page.getByRole("textbox").count()).toBe(0);

  await pressSeen(page, tab(/^ポスター/));
  await tabTo(page, page.getByRole("searchbox"));
  await isSeen(page);
  await page.keyboard.insertText("絵のある");
  const card = page.getByRole("article").filter({ hasText: PICTURED });
  await pressSeen(page, card.getByRole("button", { name: /^読む/ }));
  await card.getByText("一年の取り組み").waitFor();
  expect(await card.getByRole("textbox").count()).toBe(0);
  const large = card.getByRole("button", { name: /^大きく見る/ });
  await pressSeen(page, large);
  const picture = page.getByRole("img", { name: `${PICTURED}のポスター` });
  await picture.waitFor();
  const width = async (): Promise<number> => (await picture.boundingBox())?.width ?? 0;
  const before = await width();
  await pressSeen(page, exact("大きく"));
  await expect.poll(width, { timeout: SOON_MS }).toBeCloseTo(before * 1.5, -1);
  // What is larger than the screen scrolls with the arrow keys.
  const view = page.getByRole("group", { name: /^ポスターの絵/ });
  await tabTo(page, view);
  await isSeen(page);
  const at = await view.evaluate((element) => element.scrollLeft);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => view.evaluate((element) => element.scrollLeft), { timeout: SOON_MS }).toBeGreaterThan(at);
  await page.keyboard.press("Escape");
  await picture.waitFor({ state: "hidden" });
  expect(await large.evaluate((element) => element === document.activeElement)).toBe(true);

  await new Desk(server, server.links?.secretariat ?? "").must({ type: "open_vote" });
  await pressSeen(page, tab(/^投票/));
  await page.getByText(/^投票した人：/).waitFor();
  expect(await page.locator("main").getByRole("checkbox").count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  await pressSeen(page, tab(/^全体/));
  // All the way round: nothing is covered, nothing holds the keyboard.
  expect(await seenOnTheWay(page, "Tab", button("メニュー"))).toBeGreaterThan(1);
  await page.keyboard.press("Enter");
  await pressSeen(page, exact("退出する"));
  await page.getByText("退出したことを伝えました").waitFor();
});
