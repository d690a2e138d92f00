/** The states in which every screen is drawn, tested for accessibility and photographed. */
import type { MeetingView } from "../../src/protocol/protocol";
import { note, NOW, viewOf } from "./fixture";
import { PREPARATION_SCENES } from "./preparation-scenes";
import { STAFF_SCENES } from "./staff-scenes";
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
  ...STAFF_SCENES,
  ...PREPARATION_SCENES,
];
