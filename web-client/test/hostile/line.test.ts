/**
 * The whole list of what a participant does, through each kind of hostile proxy: everything is done in the end, nothing
 * is lost and nothing doubled, the way that worked is remembered, and `/check` says what it found.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { linksOf } from "../support/desk";
import { Engawa } from "../support/engawa";
import { HostileProxy, type Habit } from "../support/hostile-proxy";
import { isConnected, noteOf, People, pickName, writeNote } from "../support/people";

/** Some of these lines need several tries for everything, with growing pauses in between. */
const PATIENCE_MS = 80_000;

interface Way {
  name: string;
  habit: Habit;
  team: string;
  /** The way that is left, if only one is. */
  remembered?: "stream" | "poll";
  /** What `/check` says. */
  verdict: RegExp;
  remark: RegExp;
}

const WAYS: Way[] = [
  {
    name: "swallows the upgrade without an answer",
    habit: { is: "swallows_upgrade" },
    team: "弘前市",
    remembered: "stream",
    verdict: /WebSocketが通らないので/,
    remark: /WebSocketの要求に返事がありません/,
  },
  {
    name: "refuses the upgrade",
    habit: { is: "refuses_upgrade" },
    team: "三沢市",
    remembered: "stream",
    verdict: /WebSocketが通らないので/,
    remark: /WebSocketの要求が断られました/,
  },
  {
    name: "holds responses back until they end",
    habit: { is: "buffers_responses" },
    team: "盛岡市",
    remembered: "poll",
    verdict: /いちばん遅いつなぎ方になり/,
    remark: /終わるまで届きません/,
  },
  {
    name: "cuts what is idle",
    habit: { is: "cuts_idle", after_ms: 7_000 },
    team: "横手市",
    verdict: /この端末で問題なく使えます/,
    remark: /何も送らない接続は約\d+秒で切られます/,
  },
  {
    name: "cuts everything after a time",
    habit: { is: "cuts_always", after_ms: 9_000 },
    team: "登米市",
    verdict: /この端末で使えます/,
    remark: /使っている接続も約\d+秒で切られます/,
  },
  {
    name: "is slow and stalls for seconds",
    // A word over the WebSocket and back stays within the four seconds that the check waits for it.
    habit: { is: "slow", delay_ms: 800, stall_ms: 2_000, every: 6 },
    team: "花巻市",
    verdict: /^この端末で問題なく使えます。$/,
    remark: /^回線の往復に最大[1-9]\d{2,3}ミリ秒かかっています。操作の結果が遅れて見えることがあります。$/,
  },
  {
    name: "resets in the middle of a frame",
    habit: { is: "resets", every: 7 },
    team: "鶴岡市",
    // The upgrade, a word at once and one every five seconds: the seventh piece comes after 25 s.
    verdict: /^この端末で問題なく使えます。$/,
    remark: /^使っている接続も約2[4-8]秒で切られます。切れるたびに自動でつなぎ直し、書いたものは失われません。$/,
  },
];

let browser: Browser;
let server: Engawa;
let people: People;
const proxies = new Map<Way, HostileProxy>();
const personal = new Map<string, string>();

const proxyOf = (way: Way): HostileProxy => {
  const proxy = proxies.get(way);
  if (!proxy) throw new Error(`no proxy for ${way.name}`);
  return proxy;
};
const isGone = (page: Page, text: RegExp): Promise<void> => page.getByText(text).first().waitFor({ state: "hidden" });
const tab = (page: Page, name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) }).click();

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
  people = new People(browser);
  for (const { name, link } of (await linksOf(server)).personal) personal.set(name, link);
  for (const way of WAYS) proxies.set(way, await HostileProxy.start(server.address, way.habit));
  const coordinator = await people.window(1280);
  await coordinator.goto(server.links?.coordinator ?? "");
  await coordinator.getByRole("button", { name: /^開く.*対話1/ }).click();
  await coordinator
    .getByText(/残り|:\d\d/)
    .first()
    .waitFor();
  const secretariat = await people.window(1280);
  await secretariat.goto(server.links?.secretariat ?? "");
  await secretariat.getByRole("button", { name: "投票を開く" }).click();
  await secretariat.getByRole("button", { name: "投票を締め切る" }).waitFor();
}, 120_000);
afterAll(async () => {
  await people.close();
  for (const proxy of proxies.values()) await proxy.end();
  await browser.close();
  await server.end();
});

describe.concurrent.each(WAYS)("a proxy that $name", (way) => {
  test(
    "the whole list of tasks is done; nothing is lost or doubled; what worked is remembered",
    async ({ expect }) => {
      const proxy = proxyOf(way);
      const page = await people.window();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(proxy.through(server.links?.shared ?? ""));
      const name = await pickName(page, way.team);
      await page.getByRole("button", { name: "移りました" }).click();
      await writeNote(page, "評価の面談が形だけ");
      // Until it has shown what it is: what follows happens on a line that has broken, or is about to.
      await expect.poll(() => proxy.harm, { timeout: PATIENCE_MS }).toBeGreaterThan(0);
      const note = noteOf(page, "形だけ");
      await note.getByRole("button", { name: /^共感 0/ }).click();
      await note.getByRole("button", { name: /^共感 1/ }).waitFor();
      await note.getByRole("button", { name: /^操作/ }).click();
      await note.getByRole("button", { name: "書き直す" }).click();
      await page.getByLabel("書き直す").fill("面談の目的を話していない");
      await page.getByRole("button", { name: "保存", exact: true }).click();
      await noteOf(page, "目的を話していない").waitFor();
      for (const text of ["ひとつめ", "ふたつめ", "みっつめ"]) await writeNote(page, text);
      await page.getByRole("button", { name: "順番に話しはじめる" }).click();
      await page.getByRole("button", { name: /次の人へ|一巡を終える/ }).click();
      await page.getByRole("button", { name: "助けを呼ぶ" }).click();
      await page.getByText(/^助けを呼んでいます/).waitFor();
      await tab(page, "モヤモヤ");
      await page.getByRole("button", { name: "10上げる" }).click();
      await page.getByLabel("ひとこと（なくてもかまいません）").fill("霧の中");
      await page.getByRole("button", { name: "送る", exact: true }).click();
      await page.getByText("あなたの答え：60%").waitFor();
      await tab(page, "投票");
      const free = page.locator('fieldset input[type="checkbox"]:enabled');
      await free.nth(1).check();
      await page.getByRole("button", { name: "この内容で投票する" }).click();
      await page.getByText("あなたの票は入っています。").waitFor();
      await free.nth(2).check();
      await page.getByRole("button", { name: "この内容で投票し直す" }).click();
      await isGone(page, /まだ送っていません/);
      await tab(page, "部屋");
      await isGone(page, /保存待ち/);

      const before = proxy.upgrades;
      await page.reload();
      await isConnected(page);
      await noteOf(page, "みっつめ").waitFor();
      if (way.remembered) {
        expect(proxy.upgrades, "what does not work is not tried again").toBe(before);
        const kept = await page.evaluate(() => localStorage.getItem("engawa.transport") ?? "");
        expect(JSON.parse(kept)).toMatchObject({ transport: way.remembered });
      }
      await page.context().close();

      // The truth, as the same person sees it on a line without a proxy.
      const truth = await people.window();
      await truth.goto(personal.get(name) ?? "");
      await isConnected(truth);
      await noteOf(truth, "みっつめ").waitFor();
      const texts = await truth.getByRole("article").locator(".text").allTextContents();
      expect(texts.sort()).toEqual(["ひとつめ", "ふたつめ", "みっつめ", "面談の目的を話していない"].sort());
      await noteOf(truth, "目的を話していない")
        .getByRole("button", { name: /^共感 1/ })
        .waitFor();
      await truth.getByText(/^助けを呼んでいます/).waitFor();
      await tab(truth, "モヤモヤ");
      await truth.getByText("あなたの答え：60%").waitFor();
      expect(await truth.getByLabel("ひとこと（なくてもかまいません）").inputValue()).toBe("霧の中");
      await tab(truth, "投票");
      await truth.getByText("3つのうち2つ選んでいます").waitFor();
      await truth.context().close();
    },
    2 * PATIENCE_MS,
  );

  test(
    "/check names what it found",
    async ({ expect }) => {
      const page = await people.window();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(proxyOf(way).through(`${server.address}/check`));
      await page.locator(".verdict").getByText(way.remark).waitFor();
      await page.locator(".verdict > p").filter({ hasText: way.verdict }).waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );
});
