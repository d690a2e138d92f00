/**
 * Which scene shows which page in which state: the list that the tests of accessibility go by. What a page or a part of the
 * protocol gains without a scene does not compile here, or fails in `screens.test.ts`.
 */
import type { PagePath } from "../../src/connection/identity";
import type { State } from "../../src/connection/machine";
import type {
  BoardTemplate,
  HelpState,
  QuestionnairePhase,
  RevealOrder,
  Role,
  RoundKind,
  RoundPhase,
  TurnState,
  VotePhase,
  Voters,
} from "../../src/protocol/protocol";
import type { Verdict } from "../../src/screens/check/findings";
import type { View as ConsoleView } from "../../src/screens/console/views";
import type { TabName } from "../../src/screens/participant/tabs";
import type { View as SecretariatView } from "../../src/screens/secretariat/views";

type Scenes<K extends string> = Record<K, readonly string[]>;

const pages: Scenes<PagePath | "/" | "/j"> = {
  "/": ["front", "front-no-code"],
  "/j": ["join", "join-again", "join-closed", "join-revoked", "join-without-line"],
  "/check": ["check-running", "check-good", "check-slowest", "check-impossible"],
  "/prepare": ["new-meeting", "new-meeting-refused"],
  "/information": ["information", "information-without-line"],
  "/deleted": ["deleted", "deleted-nothing"],
};
/** The verdict of a line on which only streams live needs a real server: `test/hostile` has it. */
const check: Scenes<Exclude<Verdict, "stream">> = {
  unknown: ["check-running"],
  good: ["check-good"],
  poll: ["check-slowest"],
  impossible: ["check-impossible"],
};
const roles: Scenes<Role> = {
  coordinator: ["coordinator", "preparation", "preparation-follow", "preparation-cards"],
  facilitator: ["facilitator", "facilitator-announcements"],
  secretariat: ["secretariat-drafted"],
  participant: ["participant-room"],
  observer: ["observer"],
  screen: ["screen-before"],
};
const line: Scenes<State["is"]> = {
  connecting: ["opening"],
  live: ["participant-room"],
  resuming: ["participant-room-broken"],
  waiting: ["participant-room-broken"],
  ended: ["ended"],
};
const participant: Scenes<TabName | "menu"> = {
  room: ["participant-room", "participant-room-menu", "participant-room-forty", "participant-choose-room"],
  plenary: ["participant-plenary", "participant-waiting"],
  posters: [
    "participant-posters",
    "participant-poster-large",
    "participant-poster-own",
    "participant-posters-not-found",
  ],
  vote: ["participant-vote", "participant-vote-cast", "participant-vote-by-team"],
  pulse: ["participant-pulse"],
  questionnaire: ["participant-questionnaire"],
  menu: ["participant-menu"],
};
/** What happens to a note that somebody writes. */
const notes: Scenes<"pending" | "saved" | "conflict" | "returned" | "silent"> = {
  pending: ["participant-room-pending"],
  saved: ["participant-room"],
  conflict: ["participant-room-conflict"],
  returned: ["participant-text-returned"],
  silent: ["participant-room-silent"],
};
const boards: Scenes<BoardTemplate> = {
  free: ["participant-room"],
  affinity: ["participant-affinity"],
  kpt: ["participant-kpt"],
  now_ideal_step: ["participant-room-menu"],
  four_steps: ["participant-room-forty"],
  nine_squares: ["participant-nine"],
};
const round: Scenes<RoundPhase["phase"]> = {
  waiting: ["participant-waiting"],
  open: ["participant-room-opening", "participant-last-minute", "coordinator"],
  paused: ["participant-paused", "coordinator-paused"],
  closing: ["participant-last-seconds", "screen-last-seconds"],
  ended: ["participant-after-round", "participant-meeting-ended", "coordinator-ended", "screen-ended"],
};
const kinds: Scenes<RoundKind> = {
  plenary: ["participant-plenary"],
  dialogue: ["screen-round"],
  posters: ["screen-vote"],
  break: ["participant-break"],
};
const help: Scenes<HelpState["state"]> = {
  quiet: ["participant-room"],
  called: ["participant-room-silent", "coordinator-queue"],
  claimed: ["participant-room-help-coming"],
};
const turns: Scenes<TurnState["state"]> = {
  idle: ["participant-affinity"],
  speaking: ["participant-room"],
  paused: ["participant-paused"],
};
const vote: Scenes<VotePhase["phase"]> = {
  drafted: ["secretariat-drafted"],
  open: ["participant-vote", "secretariat-open", "secretariat-table", "secretariat-close-asked"],
  closed: ["participant-vote-published", "secretariat-closed"],
};
const voters: Scenes<Voters> = { persons: ["participant-vote"], teams: ["participant-vote-by-team"] };
const reveal: Scenes<RevealOrder["order"] | "waiting"> = {
  waiting: ["screen-reveal-waiting"],
  top_three_last: ["participant-reveal", "secretariat-reveal", "screen-reveal-others", "screen-reveal-tied"],
  bottom_up: ["screen-reveal-first"],
};
const questionnaire: Scenes<QuestionnairePhase> = {
  drafted: ["coordinator-questions"],
  open: ["participant-questionnaire", "secretariat-questions"],
  closed: ["coordinator-questions-closed"],
};
const console: Scenes<ConsoleView | "dialogs" | "told" | "nothing"> = {
  rooms: ["coordinator", "coordinator-97-rooms", "coordinator-moving"],
  visit: ["coordinator-visit"],
  plenary: ["coordinator-plenary"],
  posters: ["coordinator-posters"],
  pulse: ["coordinator-pulse"],
  questionnaire: ["coordinator-questions"],
  people: ["coordinator-roster"],
  files: ["coordinator-files"],
  agenda: ["coordinator-agenda"],
  queue: ["coordinator-queue"],
  dialogs: ["coordinator-room-settings", "coordinator-round-editor", "coordinator-grouping"],
  told: ["coordinator-asked-twice", "coordinator-told-no"],
  nothing: ["coordinator-empty"],
};
const secretariat: Scenes<SecretariatView> = {
  vote: ["secretariat-open"],
  posters: ["secretariat-posters"],
  questionnaire: ["secretariat-questions"],
  files: ["secretariat-files"],
};

export const STATES = {
  pages,
  check,
  roles,
  line,
  participant,
  notes,
  boards,
  round,
  kinds,
  help,
  turns,
  vote,
  voters,
  reveal,
  questionnaire,
  console,
  secretariat,
};
