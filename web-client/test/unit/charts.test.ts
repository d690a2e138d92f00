/** Scales, ticks and paths of the charts. */
import { describe, expect, test } from "vitest";
import { linear, pathThrough, thin, ticksUpTo } from "../../src/charts/scale";

describe("a linear scale", () => {
  test("leads both ends of a range to both ends of the other, and what lies between in proportion", () => {
    const scale = linear([10, 20], [100, 0]);
    expect([scale(10), scale(15), scale(20)]).toEqual([100, 50, 0]);
  });
  test("leads a range without width to the middle instead of nowhere", () => {
    expect(linear([5, 5], [0, 80])(5)).toBe(40);
  });
});

describe("ticks", () => {
  test.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [7, [0, 2, 4, 6, 8]],
    [97, [0, 50, 100]],
    [291, [0, 100, 200, 300]],
    [3000, [0, 1000, 2000, 3000]],
  ])("up to %i are round and reach it", (value, ticks) => {
    expect(ticksUpTo(value, value > 50 ? 3 : 4)).toEqual(ticks);
  });
  test("are whole numbers however small the value is: there is no half a vote", () => {
    for (let value = 1; value < 400; value += 1) {
      const ticks = ticksUpTo(value);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(value);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });
});

describe("thinning", () => {
  test("keeps the first and the last and the order", () => {
    const thinned = thin([1, 2, 3, 4, 5, 6, 7, 8, 9], 3);
    expect(thinned).toEqual([1, 5, 9]);
  });
  test("leaves the same distance between all where enough of them stay", () => {
    const tens = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
    expect(thin(tens, 4)).toEqual([0, 50, 100]);
    expect(thin(tens, 7)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(thin(tens, 10)).toEqual([0, 20, 40, 60, 80, 100]);
    const prime = thin([1, 2, 3, 4, 5, 6, 7, 8], 5);
    expect([prime.length, prime[0], prime.at(-1)]).toEqual([5, 1, 8]);
  });
  test("leaves a short list as it is, and never divides by nothing", () => {
    expect(thin([1, 2], 5)).toEqual([1, 2]);
    expect(thin([1, 2, 3], 1)).toEqual([1, 3]);
    expect(thin([], 3)).toEqual([]);
  });
});

test("a path goes through all points, and there is none without any", () => {
  expect(pathThrough([])).toBe("");
  expect(
    pathThrough([
      { x: 0, y: 1 },
      { x: 2.345, y: 6 },
    ]),
  ).toBe("M0.0 1.0L2.3 6.0");
});
