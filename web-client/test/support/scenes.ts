/** The states in which every screen is drawn, tested for accessibility and photographed. */
import type { MeetingView } from "../../src/protocol/protocol";
import { note, NOW, PARTICIPANTS, viewOf } from "./fixture";
import { PREPARATION_SCENES } from "./preparation-scenes";
import type { Stage } from "./stage";

export interface ScreenScene {
  name: string;
  view: () => MeetingView;
  /** Brings the screen into its state. */
  act?: (stage: Stage) => Promise<void>;
  /** Widths at which it is drawn; all if left out. */
  widths?: readonly number[];
}

const tab = (name: string) => async (stage: Stage) => {
  await stage.page.getByRole("navigation").getByRole("button", { name }).click();
};

export const SCENES: ScreenScene[] = [
  { name: "participant-room", view: () => viewOf({ role: "participant" }) },
  {
    name: "participant-room-menu",
    view: () => viewOf({ role: "participant", template: "now_ideal_step" }),
    act: async ({ page }) => {
      await page.getByRole("button", { name: /操作.*若手が/ }).click();
      await page.getByText("同じ部屋の人").click();
    },
  },
  {
    name: "participant-room-pending",
    view: () => viewOf({ role: "participant" }),
    act: async ({ page }) => {
      await page.getByLabel("付箋を書く").fill("面談の前に、聞きたいことを本人が決める");
      await page.getByRole("button", { name: "貼る", exact: true }).click();
      await page.getByText("保存待ち", { exact: true }).waitFor();
    },
  },
  {
    name: "participant-last-seconds",
    view: () =>
      viewOf({
        role: "participant",
        change: (view) => {
          const round = view.rounds[1];
          if (round) round.phase = { phase: "closing", opened_at: NOW - 1_200_000, ends_at: NOW + 9_000 };
          if (view.seat) view.seat.board.silent = true;
        },
      }),
  },
  {
    name: "participant-nine",
    view: () =>
      viewOf({
        role: "participant",
        template: "nine_squares",
        change: (view) => {
          if (view.seat) view.seat.board.notes = { 7: note(7, "対話の場を増やす", { area: 40 }) };
        },
      }),
  },
  { name: "participant-plenary", view: () => viewOf({ role: "participant", running: "plenary" }) },
  {
    name: "participant-posters",
    view: () => viewOf({ role: "participant", running: "posters" }),
    act: async ({ page }) => {
      await page.getByRole("button", { name: "読む" }).first().click();
    },
  },
  {
    name: "participant-vote",
    view: () => viewOf({ role: "participant", running: "posters", vote: "open" }),
    act: async (stage) => {
      await tab("投票")(stage);
      await stage.page.getByRole("checkbox").nth(2).check();
    },
  },
  { name: "participant-pulse", view: () => viewOf({ role: "participant" }), act: tab("モヤモヤ") },
  {
    name: "participant-questionnaire",
    view: () =>
      viewOf({
        role: "participant",
        running: "none",
        change: (view) => {
          view.questionnaire = {
            phase: "open",
            own: {},
            results: null,
            questions: [
              { id: 1, text: "きょうの満足度は？", kind: { kind: "scale", steps: 5 } },
              {
                id: 2,
                text: "次はどの形がよいですか？",
                kind: { kind: "choice", options: ["対面", "オンライン", "どちらでも"] },
              },
              { id: 3, text: "持ち帰ること", kind: { kind: "text" } },
            ],
          };
        },
      }),
    act: tab("アンケート"),
  },
  { name: "observer", view: () => viewOf({ role: "observer", running: "plenary" }) },
  { name: "coordinator", view: () => viewOf({ role: "coordinator" }) },
  {
    name: "coordinator-grouping",
    view: () =>
      viewOf({
        role: "coordinator",
        running: "none",
        change: (view) => {
          view.groupings[3] = {
            round: 3,
            rule: { by: "partners", teams_per_room: 3 },
            seed: 7,
            adjusted: false,
            rooms: Array.from({ length: 12 }, (_, index) => ({
              name: "",
              facilitator: null,
              members: PARTICIPANTS.slice(index * 9, index * 9 + 9).map(({ id }) => id),
            })),
            quality: {
              repeated_pairs: 3,
              teammate_pairs: 36,
              split_teams: 0,
              repeated_team_pairs: 2,
              rooms: 12,
              smallest: 9,
              largest: 9,
              unplaced: 0,
            },
          };
        },
      }),
    act: async ({ page }) => {
      await page.getByRole("button", { name: /部屋割り.*対話 2/ }).click();
      await page.getByText("案のようす").waitFor();
    },
  },
  { name: "coordinator-roster", view: () => viewOf({ role: "coordinator" }), act: tab("名簿とリンク") },
  ...PREPARATION_SCENES,
  { name: "facilitator", view: () => viewOf({ role: "facilitator" }) },
  { name: "secretariat-drafted", view: () => viewOf({ role: "secretariat", running: "posters" }) },
  { name: "secretariat-open", view: () => viewOf({ role: "secretariat", running: "posters", vote: "open" }) },
  { name: "secretariat-closed", view: () => viewOf({ role: "secretariat", running: "none", vote: "closed" }) },
  { name: "screen-round", view: () => viewOf({ role: "screen" }), widths: [1280] },
  {
    name: "screen-reveal",
    view: () =>
      viewOf({
        role: "screen",
        running: "none",
        vote: "closed",
        change: (view) => {
          view.vote.reveal = {
            order: { order: "top_three_last" },
            revealed: [
              { poster: 9, team: 9, place: 4, tied: false, votes: 17 },
              { poster: 59, team: 59, place: 2, tied: true, votes: 31 },
              { poster: 14, team: 14, place: 2, tied: true, votes: 31 },
            ],
            next_place: 1,
            last_step: 2,
          };
        },
      }),
    widths: [1280],
  },
];
