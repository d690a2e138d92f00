/** The page of the HTTP API in a real browser: readable at 320 pixels, accessible, and nothing comes from another host. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsOf } from "../support/axe";
import { launchChromium } from "../support/chromium";
import { Engawa } from "../support/engawa";

let browser: Browser;
let server: Engawa;

beforeAll(async () => {
  browser = await launchChromium();
  server = await Engawa.start();
});
afterAll(async () => {
  await browser.close();
  await server.end();
});

test("HT60: the page of the API fits a narrow window, asks no other host, and its links lead somewhere", async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 700 }, locale: "ja-JP" });
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(`${server.address}/api/docs`);
  await page.getByRole("heading", { level: 1, name: /Engawa HTTP API/ }).waitFor();
  const styled = await page.evaluate(() => getComputedStyle(document.querySelector(".verb") as Element).fontWeight);
  expect(styled, "the style has come").toBe("700");

  await page.getByRole("link", { name: /参加の入口/ }).click();
  await page.locator("#post-join").waitFor();
  // A form is named where it is used; the link leads to it.
  await page
    .locator("section", { has: page.locator("#post-join") })
    .getByRole("link", { name: "JoinRequest" })
    .click();
  await page.locator("#form-JoinRequest summary").click();
  await page.locator("#form-JoinRequest").getByText("client_seq").waitFor();
  const wide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  expect(await page.evaluate(wide), "nothing is wider than the window").toBe(0);
  expect(await violationsOf(page)).toEqual([]);

  expect(asked.filter((url) => !url.startsWith(`${server.address}/`))).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});
