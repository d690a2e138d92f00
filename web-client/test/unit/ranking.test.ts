/** Places and the steps of the reveal: the same as the server's, which its script `vote/reveal.txt` writes down. */
import { describe, expect, test } from "vitest";
import type { RevealOrder, RevealView } from "../../src/protocol/protocol";
import { nextStep, ranked, revealSteps, stepsLeft } from "../../src/vote/ranking";

const standings = ranked([1, 2, 3, 4, 5], { 1: 0, 2: 2, 3: 3, 4: 2, 5: 0 }, (poster) => poster);
const posters = (steps: { poster: number }[][]): number[][] => steps.map((step) => step.map(({ poster }) => poster));

describe("vt6: places", () => {
  test("are shared by equal votes, and the next place is passed over", () => {
    expect(standings.map(({ poster, place, tied }) => [poster, place, tied])).toEqual([
      [3, 1, false],
      [2, 2, true],
      [4, 2, true],
      [1, 4, true],
      [5, 4, true],
    ]);
  });
  test("a poster that nobody chose is in the list", () => {
    expect(ranked([7], {}, () => 1)).toEqual([{ poster: 7, team: 1, place: 1, tied: false, votes: 0 }]);
  });
});

describe("vt7: the steps of the reveal", () => {
  test("top three last: all the others at once, then place by place, ties together", () => {
    expect(posters(revealSteps({ order: "top_three_last" }, standings))).toEqual([[1, 5], [2, 4], [3]]);
  });
  test("from the bottom up, from the chosen place; nobody's places are passed over", () => {
    expect(posters(revealSteps({ order: "bottom_up", from_place: 3 }, standings))).toEqual([[2, 4], [3]]);
    expect(posters(revealSteps({ order: "bottom_up", from_place: 90 }, standings))).toEqual([[1, 5], [2, 4], [3]]);
  });
  test("with three posters or fewer there are no others to begin with", () => {
    const three = ranked([1, 2], { 1: 1, 2: 2 }, (poster) => poster);
    expect(posters(revealSteps({ order: "top_three_last" }, three))).toEqual([[1], [2]]);
  });

  const at = (order: RevealOrder, next_place: number | null): RevealView => ({
    order,
    revealed: [],
    next_place,
    last_step: 0,
  });
  test("what comes next is what the next press shows, and how many presses are left", () => {
    const order: RevealOrder = { order: "top_three_last" };
    expect(nextStep(at(order, 4), standings).map(({ poster }) => poster)).toEqual([1, 5]);
    expect(stepsLeft(at(order, 4), standings)).toBe(3);
    expect(nextStep(at(order, 1), standings).map(({ poster }) => poster)).toEqual([3]);
    expect(stepsLeft(at(order, 1), standings)).toBe(1);
    expect(nextStep(at(order, null), standings)).toEqual([]);
    expect(stepsLeft(at(order, null), standings)).toBe(0);
  });
});
