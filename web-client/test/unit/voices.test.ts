/** Which voice reads what on an English page. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { languageOf, markLanguages } from "../../src/i18n/voices";

/** What has been changed on the page is looked at before it is drawn. */
const looked = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const voiceOf = (id: string): string | null =>
  document.getElementById(id)?.closest("[lang]")?.getAttribute("lang") ?? null;

beforeEach(() => {
  document.documentElement.lang = "en";
  document.body.innerHTML = "";
});
afterEach(() => markLanguages(false));

test.each([
  ["窓口の待ち時間", "ja"],
  ["DXの進め方", "ja"],
  ["Empathy 3", "en"],
  ["水谷 is on the way", "en"],
  ["In Zoom choose “部屋 7” (room 7) and go there.", "en"],
  ["12:30 ♥", null],
])("%s is %s", (text, language) => expect(languageOf(text)).toBe(language));

test("what people wrote in Japanese has a Japanese voice, what stands in it in English an English one", () => {
  document.body.innerHTML =
    '<p id="note">窓口の待ち時間</p><p id="count">3 notes</p>' +
    '<p id="line">弘前市 担当A <button id="inside">Delete</button></p><img id="picture" alt="むつ市のポスター" />';
  markLanguages(true);
  expect(["note", "count", "line", "inside", "picture"].map(voiceOf)).toEqual(["ja", "en", "ja", "en", "ja"]);
});

test("what comes, changes and goes is followed", async () => {
  document.body.innerHTML = '<ul id="list"></ul><p id="text">Nobody yet</p>';
  markLanguages(true);
  document.getElementById("list")?.insertAdjacentHTML("beforeend", '<li><b id="new">庁内の調整</b></li>');
  const text = document.getElementById("text")?.firstChild;
  if (!text) throw new Error("it has a text");
  text.nodeValue = "甲府市";
  await looked();
  expect([voiceOf("new"), voiceOf("text")]).toEqual(["ja", "ja"]);
  text.nodeValue = "Nobody any more";
  await looked();
  expect(voiceOf("text")).toBe("en");
});

test("a language that the page says itself stays; back in Japanese nothing is left", () => {
  document.body.innerHTML = '<button id="switch" lang="ja">日本語</button><p id="note">庁内の調整</p>';
  markLanguages(true);
  document.documentElement.lang = "ja";
  markLanguages(false);
  expect(document.getElementById("note")?.hasAttribute("lang")).toBe(false);
  expect(document.getElementById("switch")?.getAttribute("lang")).toBe("ja");
});
