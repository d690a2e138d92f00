/** The states in which every screen is drawn, tested for accessibility and photographed. */
import { PARTICIPANTS, viewOf } from "./fixture";
import { PARTICIPANT_SCENES } from "./participant-scenes";
import { tab, type ScreenScene } from "./scene";

export const SCENES: ScreenScene[] = [
  ...PARTICIPANT_SCENES,
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
