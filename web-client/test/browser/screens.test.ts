/**
 * The pages without a meeting and the participant's screen in their states, narrow and wide. Which states there are is written in
 * `support/states.ts`, by what they are judged in `support/judging.ts`; the staff's are in `screens-staff.test.ts`.
 */
import { describe, expect, test } from "vitest";
import { VIEWS as CONSOLE_VIEWS } from "../../src/screens/console/views";
import { VIEWS as SECRETARIAT_VIEWS } from "../../src/screens/secretariat/views";
import { drawn, goThroughLists, judge, sizesOf, testScenes, useHouse, widestOf } from "../support/judging";
import { PAGE_SCENES } from "../support/page-scenes";
import { PARTICIPANT_SCENES } from "../support/participant-scenes";
import { SCENES } from "../support/scenes";
import { toEnglish } from "../support/speaking";
import { STATES } from "../support/states";
import { VOTING_SCENES } from "../support/voting-scenes";

const house = useHouse();
/** A window of its own: their scenes answer the line themselves. */
const pages_house = useHouse();

test("every page, view and state of the list has its scene, and every scene stands in it", () => {
  const named = new Set(Object.values(STATES).flatMap((part) => Object.values(part).flat()));
  const all = [...SCENES, ...PAGE_SCENES].map(({ name }) => name);
  expect(
    [...named].filter((name) => !all.includes(name)),
    "named, but not drawn",
  ).toEqual([]);
  expect(
    all.filter((name) => !named.has(name)),
    "drawn, but not named",
  ).toEqual([]);
  expect(
    Object.values(STATES).flatMap((part) => Object.entries(part).filter(([, scenes]) => scenes.length === 0)),
  ).toEqual([]);
  expect(Object.keys(STATES.console)).toEqual(expect.arrayContaining([...CONSOLE_VIEWS]));
  expect(Object.keys(STATES.secretariat)).toEqual(expect.arrayContaining([...SECRETARIAT_VIEWS]));
});

describe("participants and observers", () => testScenes([...PARTICIPANT_SCENES, ...VOTING_SCENES], house));

test("why a link opens nothing is told anew in the language that is chosen", async () => {
  const scene = PAGE_SCENES.find(({ name }) => name === "join-revoked");
  if (!scene) throw new Error("no such scene");
  const { page } = await pages_house().visit(scene.path, { width: 320, height: 640 }, scene);
  await scene.act(page);
  await toEnglish(page);
  await page.getByRole("alert").getByText("This link does not work.").waitFor();
});

test.each([
  ["front-no-code", "Enter the code."],
  ["join-again", "Write your name."],
])("what is missing in the form of %s is told anew in the language that is chosen", async (name, sentence) => {
  const scene = PAGE_SCENES.find((each) => each.name === name);
  if (!scene) throw new Error("no such scene");
  const { page } = await pages_house().visit(scene.path, { width: 320, height: 640 }, scene);
  await scene.act(page);
  await toEnglish(page);
  await page.getByText(sentence, { exact: true }).waitFor();
});

test("what one looks for stays when the language is changed", async () => {
  const scene = PAGE_SCENES.find(({ name }) => name === "join-again");
  if (!scene) throw new Error("no such scene");
  const { page } = await pages_house().visit(scene.path, { width: 320, height: 640 }, scene);
  await scene.act(page);
  await toEnglish(page);
  await page.getByRole("heading", { name: "Choose your name" }).waitFor();
  expect(await page.getByRole("searchbox").inputValue()).toBe("ない名前");
});

describe("pages without a meeting", () => {
  test.each(drawn(PAGE_SCENES).map((scene) => [scene.name, scene] as const))("%s", async (name, scene) => {
    const sizes = sizesOf(scene);
    const { page, traffic, errors } = await pages_house().visit(scene.path, widestOf(sizes), scene);
    await scene.act(page);
    await judge(page, traffic, name, sizes);
    await goThroughLists(page);
    if (!scene.noisy) expect(errors).toEqual([]);
  });
});
