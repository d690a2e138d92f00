/**
 * What happens to a page that is left alone, or whose line never lives long: a tab hidden for ten minutes, a line that
 * drops again and again while somebody writes, a clock that is paused and extended, a note changed by others during a
 * composition. Nothing is lost, and nothing jumps.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Command } from "../../src/protocol/protocol";
import { launchChromium } from "../support/chromium";
import { Desk, linksOf } from "../support/desk";
import { Engawa } from "../support/engawa";
import { HostileProxy } from "../support/hostile-proxy";
import { putToSleep } from "../support/sleeping";
import { isConnected, noteOf, People, SOON_MS, writeNote } from "../support/people";

const TEN_MINUTES_MS = 600_000;
/** The lines of the second test live this long. */
const DROPS_AFTER_MS = 4_000;
/** Somebody who thinks before each letter. */
const TYPING_MS = 600;

let browser: Browser;
let server: Engawa;
let people: People;
let coordinator: Desk;
/** Somebody of the same room. */
let other: Page;
let links: string[];
const proxies: HostileProxy[] = [];

const link = (index: number): string => links[index] ?? "";
const field = (page: Page) => page.getByLabel("付箋を書く");

async function enter(address: string, width = 320): Promise<Page> {
  const page = await people.window(width);
  await page.goto(address);
  await isConnected(page);
  return page;
}

async function through(habit: Parameters<typeof HostileProxy.start>[1]): Promise<HostileProxy> {
  const proxy = await HostileProxy.start(server.address, habit);
  proxies.push(proxy);
  return proxy;
}

/** Writes into one of the three areas of the board. */
async function writeInto(page: Page, area: string, text: string): Promise<void> {
  await field(page).focus();
  await page.getByLabel("貼る場所").selectOption({ label: area });
  await writeNote(page, text);
  await noteOf(page, text).waitFor();
}

/** Scrolls until a note stands in the middle; answers with how far down it is. */
const topOf = (page: Page, text: string): Promise<number> =>
  noteOf(page, text).evaluate((element) => element.getBoundingClientRect().top);
const scrollTo = (page: Page, text: string): Promise<void> =>
  noteOf(page, text).evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
/** The page has drawn what has come in. */
const drawn = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));

async function secondsLeft(page: Page): Promise<number> {
  const text = (await page.getByRole("timer").first().textContent()) ?? "";
  const [minutes = NaN, seconds = NaN] = text.split(":").map(Number);
  return minutes * 60 + seconds;
}

/** Both show the same, give or take the second that passes between two looks. */
async function showTheSame(one: Page, two: Page): Promise<void> {
  const apart = async (): Promise<number> => {
    const [here, there] = await Promise.all([secondsLeft(one), secondsLeft(two)]);
    return Math.abs(here - there);
  };
  await expect.poll(apart, { timeout: SOON_MS }).toBeLessThanOrEqual(1);
}

let round = 0;

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  people = new People(browser);
  coordinator = new Desk(server, server.links?.coordinator ?? "");
  const { personal } = await linksOf(server);
  links = personal.filter(({ name }) => name.startsWith("弘前市")).map(({ link }) => link);
  other = await enter(link(0), 1024);
  const console_ = await enter(server.links?.coordinator ?? "", 1280);
  await console_.getByRole("button", { name: /^開く.*対話1/ }).click();
  await other.getByRole("button", { name: "移りました" }).click();
  for (const area of ["現状", "ありたい姿", "一歩"]) {
    for (const number of [1, 2, 3]) await writeInto(other, area, `${area}の付箋${number}`);
  }
  // The second round of the plan; the first one is number 1.
  round = 2;
}, 120_000);
afterAll(async () => {
  await people.close();
  for (const proxy of proxies) await proxy.end();
  await browser.close();
  await server.end();
});

test("a tab that was hidden for ten minutes has everything afterwards, at the place where it was left", async () => {
  const proxy = await through({ is: "none" });
  // A computer of its own, that can sleep: its clock has moved on afterwards, nothing in it has run meanwhile.
  const computer = await launchChromium();
  const owner = new People(computer);
  const page = await owner.window(320, async (context) => {
    await context.addInitScript(() => {
      const real = Date.now.bind(Date);
      Date.now = () => real() + ((window as { slept_ms?: number }).slept_ms ?? 0);
      /** The longest time in which this page has done nothing. */
      const still = { longest_ms: 0, last: performance.now() };
      Object.assign(window, { still });
      setInterval(() => {
        const now = performance.now();
        still.longest_ms = Math.max(still.longest_ms, now - still.last);
        still.last = now;
      }, 20);
    });
  });
  const stoodStill = (): Promise<number> =>
    page.evaluate(() => (window as unknown as { still: { longest_ms: number } }).still.longest_ms);
  await page.goto(proxy.through(link(1)));
  await isConnected(page);
  await page.getByRole("button", { name: "移りました" }).click();
  await field(page).fill("書きかけの");
  await scrollTo(page, "一歩の付箋2");
  const before = await topOf(page, "一歩の付箋2");
  await page.evaluate(() => Object.assign((window as unknown as { still: object }).still, { longest_ms: 0 }));
  const wake = await putToSleep(computer);
  const asleep_since = performance.now();
  proxy.cutAll();
  for (const number of [4, 5, 6]) await writeInto(other, "現状", `現状の付箋${number}`);
  const asleep_ms = performance.now() - asleep_since;
  wake();
  await page.evaluate((ms) => Object.assign(window, { slept_ms: ms }), TEN_MINUTES_MS);
  // It has really stood still all the while: nothing came in, no timer ran.
  await expect.poll(stoodStill, { timeout: SOON_MS }).toBeGreaterThan(asleep_ms * 0.9);
  // The clock is right as soon as there is a line again, before anybody does anything.
  await isConnected(page);
  await showTheSame(page, other);
  await noteOf(page, "現状の付箋6").waitFor();
  await isConnected(page);
  await drawn(page);
  expect(Math.abs((await topOf(page, "一歩の付箋2")) - before), "what was looked at has not moved").toBeLessThan(3);
  expect(await field(page).inputValue()).toBe("書きかけの");
  await field(page).press("End");
  await field(page).pressSequentially("文");
  await page.getByRole("button", { name: "貼る", exact: true }).click();
  await noteOf(other, "書きかけの文").waitFor();
  for (const number of [4, 5, 6]) expect(await noteOf(page, `現状の付箋${number}`).count()).toBe(1);
  await showTheSame(page, other);
  await owner.close();
  await computer.close();
});

test("whoever writes while looking at notes further up stays there", async () => {
  const page = await enter(link(1));
  await page.getByRole("button", { name: "移りました" }).click();
  await field(page).focus();
  await scrollTo(page, "ありたい姿の付箋1");
  await drawn(page);
  const before = await topOf(page, "ありたい姿の付箋1");
  for (const letter of "読みながら") {
    await page.keyboard.insertText(letter);
    await drawn(page);
  }
  await page.keyboard.type("abc");
  await drawn(page);
  expect(await field(page).inputValue()).toBe("読みながらabc");
  expect(Math.abs((await topOf(page, "ありたい姿の付箋1")) - before)).toBeLessThan(3);
  await page.context().close();
});

test("on a line that drops every few seconds somebody writes on: nothing is lost, doubled, or jumps", async () => {
  const proxy = await through({ is: "cuts_always", after_ms: DROPS_AFTER_MS });
  const page = await enter(proxy.through(link(2)));
  await page.getByRole("button", { name: "移りました" }).click();
  await field(page).focus();
  await scrollTo(page, "一歩の付箋2");
  await drawn(page);
  const before = await topOf(page, "一歩の付箋2");
  // So short that the field does not grow: what the writer's own line moves is no jump.
  const text = "切れる回線で書いている文";
  let typed = "";
  // In the middle of the text, so that a caret that jumps to the end is seen.
  await field(page).pressSequentially("（）");
  await field(page).press("ArrowLeft");
  for (const letter of text) {
    await page.keyboard.insertText(letter);
    typed += letter;
    expect(await field(page).inputValue()).toBe(`（${typed}）`);
    await page.waitForTimeout(TYPING_MS);
    if (typed.length % 5 === 0) await writeInto(other, "現状", `そのあいだの付箋${typed.length}`);
  }
  expect(proxy.harm, "lines have dropped meanwhile").toBeGreaterThanOrEqual(2);
  await noteOf(page, "そのあいだの付箋10").waitFor();
  await drawn(page);
  expect(Math.abs((await topOf(page, "一歩の付箋2")) - before), "what was looked at has not moved").toBeLessThan(3);
  expect(await field(page).evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Control+Enter");
  for (const number of [1, 2]) {
    await field(page).fill(`切れる回線の付箋${number}`);
    await page.keyboard.press("Control+Enter");
  }
  for (const each of [`（${text}）`, "切れる回線の付箋1", "切れる回線の付箋2"]) {
    await noteOf(other, each).waitFor();
    for (const one of [page, other]) {
      await expect.poll(() => noteOf(one, each).count(), { timeout: SOON_MS }).toBe(1);
    }
  }
  await page.context().close();
});

test("a paused and extended clock is the same for whoever comes late on a PC that is ten minutes slow", async () => {
  const act = (command: Command): Promise<void> => coordinator.must(command);
  const before = await secondsLeft(other);
  await act({ type: "pause_round", round });
  await other.getByText("一時停止中").first().waitFor();
  await act({ type: "add_time", round, delta_ms: 300_000 });
  await expect.poll(() => secondsLeft(other), { timeout: SOON_MS }).toBeGreaterThan(before + 200);
  const late = await people.window(320, async (context) => {
    await context.addInitScript((by_ms) => {
      const real = Date.now.bind(Date);
      Date.now = () => real() - by_ms;
    }, TEN_MINUTES_MS);
  });
  await late.goto(link(1));
  await isConnected(late);
  await late.getByText("一時停止中").first().waitFor();
  const paused = await secondsLeft(late);
  expect(paused).toBe(await secondsLeft(other));
  await act({ type: "resume_round", round });
  await expect.poll(() => secondsLeft(late), { timeout: SOON_MS }).toBeLessThan(paused);
  await showTheSame(late, other);
  await act({ type: "add_time", round, delta_ms: 60_000 });
  await expect.poll(() => secondsLeft(late), { timeout: SOON_MS }).toBeGreaterThan(paused);
  await showTheSame(late, other);
  await late.context().close();
});

test("a remote edit and new notes leave a running composition alone", async () => {
  // The same person at a second computer: the note is theirs on both.
  const page = await enter(link(0));
  await noteOf(page, "現状の付箋1").getByRole("button", { name: /^操作/ }).click();
  await noteOf(page, "現状の付箋1").getByRole("button", { name: "書き直す" }).click();
  const editor = page.getByLabel("書き直す");
  await editor.fill("直す");
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Input.imeSetComposition", { text: "とちゅう", selectionStart: 4, selectionEnd: 4 });
  expect(await editor.inputValue()).toBe("直すとちゅう");
  await noteOf(other, "現状の付箋1").getByRole("button", { name: /^操作/ }).click();
  await noteOf(other, "現状の付箋1").getByRole("button", { name: "書き直す" }).click();
  await other.getByLabel("書き直す").fill("ほかの人が直した文");
  await other.getByRole("button", { name: "保存", exact: true }).click();
  await writeInto(other, "現状", "変換のあいだに来た付箋");
  expect(await editor.inputValue(), "the composition goes on").toBe("直すとちゅう");
  await devtools.send("Input.imeSetComposition", { text: "途中まで", selectionStart: 4, selectionEnd: 4 });
  expect(await editor.inputValue(), "still the same composition").toBe("直す途中まで");
  await devtools.send("Input.insertText", { text: "途中まで" });
  // The board has stood still meanwhile; what came in is there now.
  await noteOf(page, "変換のあいだに来た付箋").waitFor();
  expect(await editor.inputValue()).toBe("直す途中まで");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByText("いまの文", { exact: true }).waitFor();
  await page.getByRole("alert").filter({ hasText: "ほかの人が直した文" }).waitFor();
  await page.getByRole("button", { name: "あなたの文で保存する" }).click();
  await noteOf(other, "直す途中まで").waitFor();
  await page.context().close();
});
