/** Texts that would do harm on a careless page, in every place where somebody's words stand. */
import { describe, expect, test } from "vitest";
import { harmDone, hostile, leaksOf } from "../support/hostile";
import { useHouse } from "../support/judging";
import { OPTIONS, joining } from "../support/page-scenes";
import { SCENES } from "../support/scenes";
import { tooWide } from "../support/width";

const house = useHouse();

/** Where somebody's words stand: every part of every screen once. */
const PLACES: readonly string[] = [
  "participant-room-opening",
  "participant-room-menu",
  "participant-room-forty",
  "participant-nine",
  "participant-choose-room",
  "participant-after-round",
  "participant-plenary",
  "participant-menu",
  "participant-poster-own",
  "participant-vote",
  "participant-vote-published",
  "participant-reveal",
  "participant-questionnaire",
  "coordinator",
  "coordinator-moving",
  "coordinator-room-settings",
  "coordinator-grouping",
  "coordinator-roster",
  "coordinator-pulse",
  "coordinator-questions",
  "secretariat-open",
  "secretariat-table",
  "secretariat-reveal",
  "secretariat-questions",
  "screen-round",
  "screen-reveal-others",
  "screen-reveal-tied",
  "preparation",
];

describe("hostile texts are shown as they are written, stay in their place and turn nothing round", () => {
  const scenes = SCENES.filter(({ name }) => PLACES.includes(name));
  test("every place has a scene", () => expect(scenes.length).toBe(PLACES.length));

  test.each(scenes)("$name", async ({ name, view, act, noisy }) => {
    const width = name.startsWith("screen-") ? 1280 : 320;
    const stage = await house().play(hostile(view()), { width, height: 800 });
    await act?.(stage);
    await stage.traffic.settled();
    expect(await leaksOf(stage.page)).toEqual([]);
    expect(await tooWide(stage.page), "nothing is wider than the page").toEqual([]);
    expect(await harmDone(stage.page)).toBe(false);
    if (!noisy) expect(stage.errors).toEqual([]);
  });

  test("joining", async () => {
    const { page } = await house().visit(
      "/j#SHARED",
      { width: 320, height: 800 },
      { routes: joining(hostile(OPTIONS)) },
    );
    await page.getByRole("radio", { disabled: false }).first().check();
    expect(await leaksOf(page)).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    expect(await harmDone(page)).toBe(false);
  });
});
