/** A participant's tasks over a real server, as people do them: writing, moving, voting in turn, on bad lines and odd PCs. */
import type { Browser, Page, WebSocketRoute } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Engawa, type RehearsalLinks } from "../support/engawa";
import { isConnected, noteOf, People, pickName, SOON_MS, writeNote } from "../support/people";

const TEN_MINUTES_MS = 600_000;
let browser: Browser;
let server: Engawa;
let links: RehearsalLinks;
let people: People;
let coordinator: Page;
/** On a PC whose clock is ten minutes fast, with a line that the test can cut. */
let one: Page;
let two: Page;
let line: WebSocketRoute | null = null;
const hosts = new Set<string>();

async function join(page: Page, search: string): Promise<string> {
  await page.goto(links.shared);
  return pickName(page, search);
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  if (server.links === null) throw new Error("a started server has links");
  links = server.links;
  people = new People(browser);
  coordinator = await people.window(1280);
  await coordinator.goto(links.coordinator);
  await isConnected(coordinator);
  one = await people.window(320, async (context) => {
    await context.addInitScript((by_ms) => {
      const real = Date.now.bind(Date);
      Date.now = () => real() + by_ms;
      const times: string[] = [];
      Object.assign(window, { times });
      new MutationObserver(() => {
        const time = document.querySelector("[role=timer]")?.textContent ?? "";
        if (/\d:\d\d/.test(time) && times.at(-1) !== time) times.push(time);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    }, TEN_MINUTES_MS);
  });
  await one.routeWebSocket(/\/ws$/, (socket) => {
    line = socket;
    socket.connectToServer();
  });
  one.on("request", (request) => hosts.add(new URL(request.url()).host));
  two = await people.window(1024);
  await join(one, "弘前市");
  await join(two, "弘前市");
  await coordinator.getByRole("button", { name: /^開く.*対話1/ }).click();
  for (const page of [one, two]) await page.getByRole("heading", { name: /^あなたは部屋 \d+ です$/ }).waitFor();
}, 180_000);
afterAll(async () => {
  await people.close();
  await browser.close();
  await server.end();
});

test("a PC whose clock is ten minutes off shows the same second as everybody", async () => {
  const time = (page: Page) => page.getByRole("timer").first().textContent();
  const seconds = (text: string | null): number => {
    const [minutes = 0, rest = 0] = (text ?? "").split(":").map(Number);
    return minutes * 60 + rest;
  };
  await expect
    .poll(
      async () => {
        const [here, there] = await Promise.all([time(one), time(two)]);
        return Math.abs(seconds(here) - seconds(there));
      },
      { timeout: SOON_MS },
    )
    .toBeLessThanOrEqual(1);
  // From the first picture on, when nothing has been measured yet.
  await one.reload();
  await isConnected(one);
  const now = seconds(await time(two));
  const times = await one.evaluate(() => (window as unknown as { times: string[] }).times);
  expect(times.length).toBeGreaterThan(0);
  for (const shown of times) expect(Math.abs(seconds(shown) - now), shown).toBeLessThan(SOON_MS / 1_000);
});

test("an Enter that ends a composition posts nothing, in either engine's order", async () => {
  const field = one.getByLabel("付箋を書く");
  await field.focus();
  const devtools = await one.context().newCDPSession(one);
  await devtools.send("Input.imeSetComposition", { text: "たいわ", selectionStart: 3, selectionEnd: 3 });
  expect(await field.inputValue()).toBe("たいわ");
  // Chromium: the key comes while composing.
  await field.dispatchEvent("keydown", { key: "Enter", ctrlKey: true, isComposing: true, keyCode: 229 });
  await devtools.send("Input.insertText", { text: "対話" });
  // Safari: the composition has ended already, and the key carries 229.
  await field.evaluate((element) => {
    element.dispatchEvent(new CompositionEvent("compositionend", { data: "対話" }));
    const init = { key: "Enter", ctrlKey: true, keyCode: 229, bubbles: true, cancelable: true };
    element.dispatchEvent(new KeyboardEvent("keydown", init));
  });
  expect(await field.inputValue()).toBe("対話");
  expect(await one.getByRole("article").count()).toBe(0);
  await one.keyboard.press("Enter");
  await one.keyboard.type("2行目");
  await one.keyboard.press("Control+Enter");
  await noteOf(two, "2行目").waitFor();
  expect(await field.inputValue()).toBe("");
});

test("hostile text is shown as it was written, and what is too long is said kindly", async () => {
  const family = "👩‍👩‍👧";
  const texts = [
    '<script>window.bad = 1</script><img src=x onerror="window.bad=1">',
    "\u202Eぎゃく\u202C",
    "ゼロ\u200B幅",
  ];
  for (const text of texts) {
    await writeNote(one, text);
    await noteOf(two, text.slice(0, 4)).first().waitFor();
  }
  await one.getByLabel("付箋を書く").fill(family.repeat(501));
  await one.getByText("1文字多いです").waitFor();
  expect(await one.getByRole("button", { name: "貼る", exact: true }).isDisabled()).toBe(true);
  await writeNote(one, family.repeat(500));
  await noteOf(two, family.repeat(20)).waitFor();
  expect(await two.evaluate(() => (window as { bad?: number }).bad)).toBeUndefined();
  const wide = await two.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, "nothing is wider than the page").toBe(0);
});

test("a note is moved by arrow keys and by dragging, and grouped by dropping it on another", async () => {
  await writeNote(one, "動かす付箋");
  const handle = noteOf(two, "動かす付箋").getByRole("button", { name: /^動かす/ });
  const area = (page: Page, name: string) =>
    page.locator("section.area").filter({ has: page.getByRole("heading", { name }) });
  await handle.focus();
  await two.keyboard.press("ArrowRight");
  await noteOf(area(one, "ありたい姿"), "動かす付箋").waitFor();
  await expect
    .poll(() => handle.evaluate((element) => element === document.activeElement), { timeout: SOON_MS })
    .toBe(true);
  // Tall enough that both notes are on the screen.
  await two.setViewportSize({ width: 1024, height: 1800 });
  await two.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  const target = noteOf(two, "ゼロ");
  const from = await handle.boundingBox();
  const to = await target.boundingBox();
  if (!from || !to) throw new Error("both are on the screen");
  await two.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await two.mouse.down();
  await two.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 12 });
  await two.mouse.up();
  await two.getByLabel("まとまりの名前").fill("幅の話");
  await two.keyboard.press("Enter");
  await one.getByRole("heading", { name: /幅の話/ }).waitFor();
  const cluster = one.locator("li.cluster").filter({ hasText: "幅の話" });
  expect(await cluster.getByRole("article").count()).toBe(2);
});

test("on a line that is cut again and again nothing written is lost or doubled, and nothing jumps", async () => {
  const field = one.getByLabel("付箋を書く");
  await field.focus();
  for (let count = 1; count <= 3; count += 1) {
    await field.pressSequentially(`切れる回線で書いた文${count}`);
    await line?.close();
    await one.keyboard.press("Control+Enter");
    await one.getByText("保存待ち", { exact: true }).waitFor();
    await one.evaluate(() => scrollTo({ top: 300, behavior: "instant" }));
    const before = await one.evaluate(() => scrollY);
    await isConnected(one);
    await noteOf(two, `切れる回線で書いた文${count}`).waitFor();
    expect(Math.abs((await one.evaluate(() => scrollY)) - before)).toBeLessThanOrEqual(200);
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  }
  for (let count = 1; count <= 3; count += 1) {
    for (const page of [one, two]) {
      await expect.poll(() => noteOf(page, `書いた文${count}`).count(), { timeout: SOON_MS }).toBe(1);
    }
  }
});

test("a running room at 320 px is accessible, and asks no other host", async () => {
  expect(await violationsOf(one)).toEqual([]);
  expect([...hosts]).toEqual([new URL(server.address).host]);
  const policy = (await (await fetch(server.address)).headers.get("content-security-policy")) ?? "";
  expect(policy).toContain("default-src 'self'");
});

test("three people at one PC vote in turn, each with a receipt of their own", async () => {
  const secretariat = await people.window(1280);
  await secretariat.goto(links.secretariat);
  await secretariat.getByRole("button", { name: "投票を開く" }).click();
  const shared = await people.window();
  const receipts = new Set<string>();
  await join(shared, "三沢市");
  for (let voter = 1; voter <= 3; voter += 1) {
    await shared.getByRole("button", { name: /^投票/ }).click();
    const free = shared.locator('fieldset input[type="checkbox"]:enabled');
    await free.nth(voter).check();
    await shared.getByRole("button", { name: "この内容で投票する" }).click();
    await shared.getByText("あなたの票は入っています。").waitFor();
    receipts.add((await shared.locator(".receipt").textContent()) ?? "");
    if (voter === 3) break;
    await shared.getByText("この端末で投票する人を切り替える").click();
    await shared.getByRole("button", { name: /ほかの人が使う/ }).click();
    await shared.getByRole("heading", { name: "自分の名前を選ぶ" }).waitFor();
    await pickName(shared, "三沢市");
  }
  expect(receipts.size).toBe(3);
  expect(receipts.has("")).toBe(false);
  await shared.getByText("この端末で投票する人を切り替える").click();
  await expect.poll(() => shared.getByText("投票済み", { exact: true }).count(), { timeout: SOON_MS }).toBe(2);
  await secretariat
    .getByText(/^3 \/ \d+$/)
    .first()
    .waitFor();
  expect(await violationsOf(shared)).toEqual([]);
});

const gallery = async (page: Page): Promise<void> => {
  await page
    .getByRole("navigation")
    .getByRole("button", { name: /^ポスター/ })
    .click();
};
const posterOf = (page: Page, team: string) =>
  page
    .getByRole("article")
    .filter({ hasText: `${team}` })
    .first();

test("a half-written comment survives a reload; sent without a line it waits, stops nobody and arrives once", async () => {
  const card = posterOf(one, "五所川原市");
  const field = card.getByLabel("コメントを書く");
  const open = async (): Promise<void> => {
    await gallery(one);
    await card.getByRole("button", { name: /^読む/ }).click();
  };
  await open();
  await field.fill("面談の記録の仕方を、");
  await one.reload();
  await isConnected(one);
  await open();
  expect(await field.inputValue()).toBe("面談の記録の仕方を、");
  await field.fill("面談の記録の仕方を、持ち帰ります");
  await one.context().setOffline(true);
  await line?.close();
  await card.getByRole("button", { name: "送る", exact: true }).click();
  await card.getByText("保存待ち（まだ届いていません）").waitFor();
  expect(await field.inputValue(), "what is in the outbox is not asked for again").toBe("");
  await field.fill("もうひとつ");
  await card.getByRole("button", { name: "送る", exact: true }).click();
  await expect.poll(() => card.getByText("保存待ち（まだ届いていません）").count(), { timeout: SOON_MS }).toBe(2);
  await one.context().setOffline(false);
  await expect.poll(() => card.getByText("保存待ち（まだ届いていません）").count(), { timeout: SOON_MS }).toBe(0);
  await one.reload();
  await isConnected(one);
  await open();
  for (const text of ["面談の記録の仕方を、持ち帰ります", "もうひとつ"]) {
    await card.getByText(text, { exact: true }).waitFor();
    expect(await card.getByText(text, { exact: true }).count()).toBe(1);
  }
  // Deleted by mistake: it comes back.
  const second = card.getByRole("listitem").filter({ hasText: "もうひとつ" });
  await second.getByRole("button", { name: /^コメントを消す.*もうひとつ/ }).click();
  await second.waitFor({ state: "hidden" });
  await one.locator(".notice").getByRole("button", { name: "元に戻す" }).click();
  await second.waitFor();
});

test("a team mends the words of its own poster and of no other; who does it at the same time is not overwritten unseen", async () => {
  const own = posterOf(one, "弘前市");
  expect(
    await posterOf(one, "五所川原市")
      .getByRole("button", { name: /^題名と概要を直す/ })
      .count(),
  ).toBe(0);
  await own.getByRole("button", { name: /^読む/ }).click();
  await own.getByRole("button", { name: /^題名と概要を直す/ }).click();
  await own.getByLabel("ポスターの題名").fill("対話でつくる、これからの人事");
  await own.getByLabel("概要（なくてもかまいません）").fill("面談を変えた一年");
  expect(await violationsOf(one)).toEqual([]);
  await gallery(two);
  const theirs = posterOf(two, "弘前市");
  await theirs.getByRole("button", { name: /^読む/ }).click();
  await theirs.getByRole("button", { name: /^題名と概要を直す/ }).click();
  await theirs.getByLabel("概要（なくてもかまいません）").fill("対話の一年");
  await own.getByRole("button", { name: "保存", exact: true }).click();
  await one.getByText("ポスターの題名と概要を直しました。").waitFor();
  await theirs.getByText("書いているあいだに、ほかの人が直しました。").waitFor();
  await theirs.getByText("面談を変えた一年").waitFor();
  await theirs.getByRole("button", { name: "いまの文のままにする" }).click();
  await theirs.getByRole("heading", { name: "対話でつくる、これからの人事" }).waitFor();
  await own.getByText("面談を変えた一年").waitFor();
});

test("the page itself opens when the line is away", async () => {
  await two.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await two.context().setOffline(true);
  await two.reload();
  await two.getByRole("heading", { name: "開いています…" }).waitFor();
  await two.context().setOffline(false);
  await two.reload();
  await isConnected(two);
});
