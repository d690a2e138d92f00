/** The states in which every screen is drawn, tested for accessibility and photographed. */
import { PARTICIPANT_SCENES } from "./participant-scenes";
import { PREPARATION_SCENES } from "./preparation-scenes";
import type { ScreenScene } from "./scene";
import { STAFF_SCENES } from "./staff-scenes";
import { VOTING_SCENES } from "./voting-scenes";

export const SCENES: ScreenScene[] = [...PARTICIPANT_SCENES, ...VOTING_SCENES, ...STAFF_SCENES, ...PREPARATION_SCENES];
