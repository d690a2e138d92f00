/** The states in which every screen is drawn, tested for accessibility and photographed. */
import { PARTICIPANT_SCENES } from "./participant-scenes";
import { PREPARATION_SCENES } from "./preparation-scenes";
import type { ScreenScene } from "./scene";
import { STAFF_SCENES } from "./staff-scenes";
import { VOTING_SCENES } from "./voting-scenes";

export const SCENES: ScreenScene[] = [...PARTICIPANT_SCENES, ...VOTING_SCENES, ...STAFF_SCENES, ...PREPARATION_SCENES];

export function sceneOf(name: string): ScreenScene {
  const scene = SCENES.find((each) => each.name === name);
  if (!scene) throw new Error(`no scene ${name}`);
  return scene;
}
