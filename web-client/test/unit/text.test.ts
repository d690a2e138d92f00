import { describe, expect, test } from "vitest";
import { countGraphemes, fits } from "../../src/text/graphemes";
import { asksToPost } from "../../src/text/ime";
import { galleryKey, inGalleryOrder } from "../../src/meeting/gallery";

describe("graphemes", () => {
  test.each([
    ["", 0],
    ["対話", 2],
    ["が", 1],
    ["か\u3099", 1],
    ["👨‍👩‍👧", 1],
    ["🇯🇵", 1],
    ["髙﨑①", 3],
    ["葛󠄀城市", 3],
    ["一\n二", 3],
    ["一\r\n二", 3],
    ["ｶﾞｷﾞ", 2],
    ["か\u{e0100}", 1],
    ["。「」ー〜々〇", 7],
  ])("%j has %i", (text, count) => {
    expect(countGraphemes(text)).toBe(count);
  });

  test("what is counted by its length alone is counted as the browser counts it", () => {
    const segmenter = new Intl.Segmenter("ja", { granularity: "grapheme" });
    const counted = (text: string): number => [...segmenter.segment(text)].length;
    const wrong: string[] = [];
    // Every letter beside itself and beside kana: up to the kanji, of the kanji each sixteenth, and the forms of width.
    for (let code = 0; code <= 0xffff; code += code >= 0x3400 && code < 0xf900 ? 16 : 1) {
      const letter = String.fromCharCode(code);
      const text = `か${letter}${letter}`;
      if (countGraphemes(text) !== counted(text)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test("a character of a thousand marks does not fit", () => {
    expect(fits(`a${"\u0301".repeat(1_000)}`, 10)).toBe(false);
    expect(fits("対話", 2)).toBe(true);
    expect(fits("対話だ", 2)).toBe(false);
  });
});

describe("posting by keyboard", () => {
  const press = (init: KeyboardEventInit & { keyCode?: number }) =>
    new KeyboardEvent("keydown", { key: "Enter", ...init });
  test.each([
    ["Ctrl+Enter posts", press({ ctrlKey: true }), true],
    ["⌘+Enter posts", press({ metaKey: true }), true],
    ["Enter breaks the line", press({}), false],
    ["not while composing", press({ ctrlKey: true, isComposing: true }), false],
    ["not the Enter that ends a composition", press({ ctrlKey: true, keyCode: 229 }), false],
    ["not another key", new KeyboardEvent("keydown", { key: "a", ctrlKey: true }), false],
  ])("%s", (_, event, posts) => {
    expect(asksToPost(event)).toBe(posts);
  });
});

describe("the gallery's order", () => {
  /** SPEC FD5 in whole numbers without a limit, to compare with. */
  function byTheBook(person: number, poster: number): number {
    const MASK = 0xffff_ffffn;
    let h = ((BigInt(person) * 0x9e3779b1n) & MASK) ^ ((BigInt(poster) * 0x85ebca77n) & MASK);
    h ^= h >> 16n;
    h = (h * 0x85ebca6bn) & MASK;
    h ^= h >> 13n;
    h = (h * 0xc2b2ae35n) & MASK;
    return Number(h ^ (h >> 16n));
  }

  test("has the documented keys", () => {
    for (const person of [1, 12, 291, 30_000]) {
      for (const poster of [1, 2, 97, 1_000]) expect(galleryKey(person, poster)).toBe(byTheBook(person, poster));
    }
  });

  test("differs between people and is by id for a screen", () => {
    const posters = Array.from({ length: 97 }, (_, index) => ({ id: 97 - index }));
    expect(inGalleryOrder(posters, 1)).not.toEqual(inGalleryOrder(posters, 2));
    expect(inGalleryOrder(posters, null).map(({ id }) => id)).toEqual([...posters.keys()].map((index) => index + 1));
  });
});
