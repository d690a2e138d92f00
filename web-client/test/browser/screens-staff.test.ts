/** The console, the tally, the projector and the preparation page in their states, judged as in `screens.test.ts`. */
import { describe } from "vitest";
import { testScenes, useHouse } from "../support/judging";
import { PREPARATION_SCENES } from "../support/preparation-scenes";
import { STAFF_SCENES } from "../support/staff-scenes";

const house = useHouse();

describe("staff", () => testScenes([...STAFF_SCENES, ...PREPARATION_SCENES], house));
