/** Finding one's name by prefecture as people type it. */
import { describe, expect, test } from "vitest";
import { inOrder, matches, plain, wordsOf } from "../../src/screens/join/prefectures";

const finds = (search: string, region: string | null, text: string): boolean =>
  matches(wordsOf(search), `${text}${region ?? ""}`, region);

describe("a search", () => {
  test.each([
    "青森",
    "青森県",
    "あおもり",
    "アオモリ",
    "ｱｵﾓﾘ",
    "あおもりけん",
    "あお",
    "aomori",
    "ＡＯＭＯＲＩ",
    "aomori-ken",
  ])("%s finds Aomori and nothing else", (search) => {
    expect(finds(search, "青森県", "弘前市 担当A")).toBe(true);
    expect(finds(search, "秋田県", "秋田市 担当A")).toBe(false);
  });
  test("a reading is found at its beginning only, in both ways of romanising", () => {
    expect(finds("とうきょう", "東京都", "")).toBe(true);
    expect(finds("tokyo", "東京都", "")).toBe(true);
    expect(finds("toukyou", "東京都", "")).toBe(true);
    expect(finds("きょうと", "東京都", "")).toBe(false);
    expect(finds("きょうと", "京都府", "")).toBe(true);
  });
  test("a composition that is not finished narrows by what is there", () => {
    expect(wordsOf("あおm")).toEqual(["あお"]);
    expect(finds("あおm", "青森県", "")).toBe(true);
  });
  test("all words must fit: prefecture and name together", () => {
    expect(finds("あおもり 弘前", "青森県", "弘前市 担当A")).toBe(true);
    expect(finds("あおもり　八戸", "青森県", "弘前市 担当A")).toBe(false);
    expect(finds("担当Ａ", null, "弘前市 担当A")).toBe(true);
    expect(finds("", null, "")).toBe(true);
  });
  test("a region that is no prefecture reads as nothing", () => {
    expect(finds("あおもり", "東北ブロック", "")).toBe(false);
    expect(finds("ブロック", "東北ブロック", "")).toBe(true);
    expect(plain("ブロック")).toBe("ぶろっく");
  });
});

test("prefectures stand from north to south, others after them", () => {
  expect(inOrder(["その他", "沖縄県", "北海道", "東京都", "青森県"])).toEqual([
    "北海道",
    "青森県",
    "東京都",
    "沖縄県",
    "その他",
  ]);
});
