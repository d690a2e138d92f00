/** The states of the console, the tally and the projector in which they are drawn, tested for accessibility and photographed. */
import { expect } from "vitest";
import type { MeetingView, ZoomReport } from "../../src/protocol/protocol";
import { NOW, PARTICIPANTS, viewOf } from "./fixture";
import { revealed } from "./revealing";
import { tab, type ScreenScene } from "./scene";
import type { Stage } from "./stage";

const MINUTE_MS = 60_000;
/** The agenda stands at the side, or among the views of a narrow page. */
const toAgenda = async ({ page }: Stage): Promise<void> => {
  const agenda = page.getByRole("navigation").getByRole("button", { name: "進行表" });
  if (await agenda.isVisible()) await agenda.click();
};

function withProposal(view: MeetingView): void {
  view.groupings[3] = {
    round: 3,
    rule: { by: "partners", teams_per_room: 3 },
    seed: 7,
    adjusted: false,
    rooms: Array.from({ length: 12 }, (_, index) => ({
      name: "",
      facilitator: index === 2 ? 2 : null,
      members: PARTICIPANTS.slice(index * 9, index * 9 + 9).map(({ id }) => id),
    })),
    quality: {
      repeated_pairs: 3,
      earlier_pairs: 2,
      teammate_pairs: 36,
      split_teams: 0,
      repeated_team_pairs: 2,
      rooms: 12,
      smallest: 9,
      largest: 9,
      unplaced: 172,
    },
  };
}

/** Why there is no file for Zoom. */
const NOT_FOR_ZOOM: ZoomReport = {
  rooms: 12,
  people: 104,
  without_email: [],
  problems: [
    { code: "too_many_rooms", count: 120, max: 100 },
    {
      code: "same_email",
      people: [
        { room: 1, name: "弘前市 担当A", team: "弘前市" },
        { room: 7, name: "会津坂下町 担当B", team: "会津坂下町" },
      ],
    },
  ],
};

function withPulses(view: MeetingView): void {
  view.earlier = [
    { title: "第3回研究会", held_at: NOW - 90 * 24 * 60 * MINUTE_MS, count: 198, sum: 11_880 },
    { title: "第4回研究会", held_at: NOW - 45 * 24 * 60 * MINUTE_MS, count: 205, sum: 10_865 },
  ];
  const { words } = view.pulses[1] ?? { words: null };
  view.pulses[2] = {
    distribution: [3, 8, 14, 20, 25, 19, 12, 7, 4, 2, 0],
    count: 114,
    sum: 4_560,
    own: null,
    words: words === null ? null : { 見えてきた: 4 },
  };
}

function withQuestions(view: MeetingView): void {
  view.questionnaire = {
    phase: "open",
    own: {},
    questions: [
      { id: 1, text: "きょうの満足度は？", kind: { kind: "scale", steps: 5 } },
      {
        id: 2,
        text: "次はどの形がよいですか？",
        kind: { kind: "choice", options: ["対面", "オンライン", "どちらでもかまわない"] },
      },
      { id: 3, text: "持ち帰ること", kind: { kind: "text" } },
    ],
    results: { people: 214, counts: { 1: [2, 8, 41, 98, 65], 2: [101, 60, 53], 3: [144] } },
  };
}

/** One room for each team: 97 of them. */
function withManyRooms(view: MeetingView): void {
  const [pattern] = Object.values(view.rooms);
  if (!pattern) return;
  view.rooms = Object.fromEntries(
    Array.from({ length: 97 }, (_, index) => {
      const id = 500 + index;
      return [
        id,
        {
          ...pattern,
          id,
          number: index + 1,
          name: index % 10 === 0 ? "人材マネジメント部会 東北・関東 合同の長い部屋名" : "",
          members: PARTICIPANTS.slice(index * 3, index * 3 + 3).map(({ id: member }) => member),
          visitors: [],
          help:
            index === 40
              ? { state: "called" as const, by: PARTICIPANTS[120]?.id ?? 0, at: NOW - 75_000 }
              : { state: "quiet" as const },
          activity: { notes: index % 9, last_note_at: NOW - (index % 7) * 50_000, speaker: null, silent: false },
        },
      ];
    }),
  );
}

const closed = (role: "secretariat" | "screen", order: "top_three_last" | "bottom_up", steps: number) => () =>
  viewOf({ role, running: "none", vote: "closed", change: (view) => revealed(view, order, steps) });

const WALL = [1280, 1920] as const;
/** States whose parts are seen narrow in another one. */
const OFFICE = [1280] as const;

/** A meeting on the day it was made: nobody and nothing is there. */
function asMade(view: MeetingView): void {
  view.rounds = [];
  view.teams = {};
  view.people = Object.fromEntries(Object.entries(view.people).filter(([id]) => id === "1"));
  view.posters = {};
  view.pulses = {};
  view.announcements = {};
  view.plenary.notes = {};
  view.last_action = null;
}

/** Waits until the page has sent so many commands. */
async function expectCommand(stage: Stage, count: number): Promise<void> {
  await expect.poll(() => stage.commands.length, { timeout: 10_000 }).toBe(count);
}

export const STAFF_SCENES: ScreenScene[] = [
  { name: "coordinator", view: () => viewOf({ role: "coordinator" }) },
  {
    name: "coordinator-97-rooms",
    view: () => viewOf({ role: "coordinator", change: withManyRooms }),
    widths: [1280],
  },
  {
    name: "coordinator-agenda",
    widths: [320],
    narrow_only: true,
    view: () => viewOf({ role: "coordinator" }),
    act: tab("進行表"),
  },
  {
    name: "coordinator-moving",
    view: () => viewOf({ role: "coordinator" }),
    act: async ({ page }) => {
      await page.getByRole("button", { name: /^名前.*部屋 7$/ }).click();
      await page.getByRole("checkbox").nth(0).check();
      await page.getByRole("checkbox").nth(1).check();
      await page.getByText("2人を選んでいます").waitFor();
    },
  },
  {
    name: "coordinator-room-settings",
    view: () => viewOf({ role: "coordinator" }),
    act: async ({ page }) => {
      await page.getByRole("button", { name: /^設定.*部屋 4$/ }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "coordinator-round-editor",
    view: () => viewOf({ role: "coordinator" }),
    act: async (stage) => {
      await toAgenda(stage);
      const { page } = stage;
      await page.getByText(/^変える：対話 2/).click();
      await page.getByRole("button", { name: /^内容を変える.*対話 2/ }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "coordinator-grouping",
    view: () => viewOf({ role: "coordinator", running: "none", change: withProposal }),
    act: async (stage) => {
      const { page } = stage;
      await page.route("**/api/rounds/*/zoom", (route) => route.fulfill({ json: NOT_FOR_ZOOM }));
      await toAgenda(stage);
      await page.getByRole("button", { name: /部屋割り.*対話 2/ }).click();
      await page.getByText("案のようす").waitFor();
      await page.getByText("同じメールアドレスの方がいます").waitFor();
    },
  },
  { name: "coordinator-roster", view: () => viewOf({ role: "coordinator" }), act: tab("名簿とリンク") },
  {
    name: "coordinator-pulse",
    view: () => viewOf({ role: "coordinator", change: withPulses }),
    act: async (stage) => {
      await tab("モヤモヤ指数")(stage);
      await stage.page.getByText("表で見る").first().click();
    },
  },
  {
    name: "coordinator-questions",
    view: () =>
      viewOf({
        role: "coordinator",
        change: (view) => {
          withQuestions(view);
          view.questionnaire.phase = "drafted";
        },
      }),
    act: tab("アンケート"),
  },
  {
    name: "coordinator-questions-closed",
    widths: OFFICE,
    view: () =>
      viewOf({
        role: "coordinator",
        change: (view) => {
          withQuestions(view);
          view.questionnaire.phase = "closed";
        },
      }),
    act: tab("アンケート"),
  },
  { name: "coordinator-plenary", view: () => viewOf({ role: "coordinator" }), act: tab("全体") },
  {
    name: "coordinator-ended",
    view: () =>
      viewOf({
        role: "coordinator",
        running: "none",
        change: (view) => {
          view.meeting.ended_at = NOW - MINUTE_MS;
        },
      }),
  },
  {
    name: "coordinator-queue",
    widths: [320],
    narrow_only: true,
    view: () => viewOf({ role: "coordinator" }),
    act: tab("対応"),
  },
  {
    name: "coordinator-visit",
    widths: OFFICE,
    view: () =>
      viewOf({
        role: "coordinator",
        change: (view) => {
          view.seat = viewOf({ role: "participant", template: "now_ideal_step" }).seat;
        },
      }),
    act: tab("部屋 1"),
  },
  { name: "coordinator-posters", widths: OFFICE, view: () => viewOf({ role: "coordinator" }), act: tab("ポスター") },
  {
    name: "coordinator-files",
    widths: OFFICE,
    view: () => viewOf({ role: "coordinator" }),
    act: tab("ファイル・記録"),
  },
  {
    name: "coordinator-empty",
    view: () => viewOf({ role: "coordinator", running: "none", change: asMade }),
  },
  {
    name: "coordinator-paused",
    widths: OFFICE,
    view: () =>
      viewOf({
        role: "coordinator",
        change: (view) => {
          const round = view.rounds[1];
          const times = { opened_at: NOW - 20 * MINUTE_MS, paused_at: NOW - 9_000, remaining_ms: 5 * MINUTE_MS };
          if (round) round.phase = { phase: "paused", ...times };
        },
      }),
  },
  {
    name: "coordinator-asked-twice",
    widths: OFFICE,
    view: () => viewOf({ role: "coordinator" }),
    act: async ({ page }) => {
      await page
        .getByRole("button", { name: /^解決した/ })
        .first()
        .click();
      await page.getByText(/の呼び出しを消します。/).waitFor();
    },
  },
  {
    name: "coordinator-told-no",
    widths: OFFICE,
    view: () => viewOf({ role: "coordinator", running: "none" }),
    act: async (stage) => {
      const { page } = stage;
      await page.getByRole("button", { name: /^開く.*対話 1/ }).click();
      await expectCommand(stage, 1);
      stage.accept();
      await page.getByText("「対話 1」を開きました。").waitFor();
      await page.getByRole("button", { name: /^開く.*対話 2/ }).click();
      await expectCommand(stage, 2);
      stage.refuse({ code: "another_round_running" });
      await page.getByText("別のラウンドが開いています").waitFor();
    },
  },
  { name: "facilitator", view: () => viewOf({ role: "facilitator" }) },
  {
    name: "facilitator-announcements",
    widths: [320],
    narrow_only: true,
    view: () =>
      viewOf({
        role: "facilitator",
        change: (view) => {
          for (const announcement of Object.values(view.announcements)) announcement.read = false;
        },
      }),
    act: tab("対応"),
  },
  { name: "secretariat-drafted", view: () => viewOf({ role: "secretariat", running: "posters" }) },
  { name: "secretariat-open", view: () => viewOf({ role: "secretariat", running: "posters", vote: "open" }) },
  {
    name: "secretariat-table",
    view: () => viewOf({ role: "secretariat", running: "posters", vote: "open" }),
    act: async ({ page }) => {
      await page.getByRole("button", { name: "表で見る" }).click();
    },
  },
  { name: "secretariat-closed", view: () => viewOf({ role: "secretariat", running: "none", vote: "closed" }) },
  { name: "secretariat-reveal", view: closed("secretariat", "top_three_last", 2) },
  {
    name: "secretariat-questions",
    view: () => viewOf({ role: "secretariat", vote: "open", change: withQuestions }),
    act: tab("アンケート"),
  },
  {
    name: "secretariat-close-asked",
    widths: OFFICE,
    view: () => viewOf({ role: "secretariat", running: "posters", vote: "open" }),
    act: async ({ page }) => page.getByRole("button", { name: "投票を締め切る" }).click(),
  },
  {
    name: "secretariat-posters",
    widths: OFFICE,
    view: () => viewOf({ role: "secretariat", running: "posters", vote: "open" }),
    act: tab("ポスター"),
  },
  {
    name: "secretariat-files",
    widths: OFFICE,
    view: () => viewOf({ role: "secretariat", running: "none", vote: "closed" }),
    act: tab("ファイル・記録"),
  },
  { name: "screen-before", view: () => viewOf({ role: "screen", running: "none" }), widths: WALL },
  {
    name: "screen-ended",
    view: () =>
      viewOf({
        role: "screen",
        running: "none",
        change: (view) => {
          view.meeting.ended_at = NOW - MINUTE_MS;
          view.announcements = {};
        },
      }),
    widths: [1280],
  },
  { name: "screen-round", view: () => viewOf({ role: "screen" }), widths: WALL },
  { name: "screen-vote", view: () => viewOf({ role: "screen", running: "posters", vote: "open" }), widths: WALL },
  {
    name: "screen-last-seconds",
    view: () =>
      viewOf({
        role: "screen",
        change: (view) => {
          const round = view.rounds[1];
          if (round) round.phase = { phase: "closing", opened_at: NOW - 20 * MINUTE_MS, ends_at: NOW + 9_000 };
          view.announcements = {};
        },
      }),
    widths: WALL,
  },
  { name: "screen-reveal-waiting", view: closed("screen", "top_three_last", 0), widths: WALL },
  { name: "screen-reveal-others", view: closed("screen", "top_three_last", 1), widths: WALL },
  { name: "screen-reveal-tied", view: closed("screen", "top_three_last", 3), widths: WALL },
  { name: "screen-reveal-first", view: closed("screen", "bottom_up", 8), widths: WALL },
];
