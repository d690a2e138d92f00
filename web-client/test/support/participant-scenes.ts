/** The states of the participant's and the observer's screen, with real text, long names and many notes. */
import { expect } from "vitest";
import type { BoardTemplate, MeetingView, NoteView, RoundPhase } from "../../src/protocol/protocol";
import { note, NOW, PARTICIPANTS, viewOf, type Scene } from "./fixture";
import { tab, type ScreenScene } from "./scene";

const MINUTE_MS = 60_000;
const TEXTS = [
  "評価の面談が形だけになっている",
  "若手が人事に声を上げる場がない。\n「言っても変わらない」と思われている。",
  "基本方針を読んだことのある職員が少ない",
  "異動の希望が通る理由・通らない理由が説明されていない",
  "係長級が「プレイングマネージャー」のままで、育てる時間がない",
  "研修が「受けさせられるもの」になっていて、職場に戻ると何も残らない。研修のあとに上司と話す時間を15分でもよいので必ず取る、と決めるだけで変わるのではないか。",
  "採用の面接官を公募したら、応募が定員の3倍あった",
  "対話の場に管理職が来ない",
];

/** A person with long names on both sides. */
const LONG = PARTICIPANTS.find(({ name }) => name.startsWith("会津坂下町")) ?? PARTICIPANTS[0];

function many(count: number, areas: number): Record<number, NoteView> {
  const notes = Array.from({ length: count }, (_, index) =>
    note(200 + index, TEXTS[index % TEXTS.length] ?? "", {
      area: index % areas,
      ...(index % 6 === 0 && LONG
        ? {
            author: {
              is: "shown" as const,
              author: { person: LONG.id, name: `${LONG.name}（総務部人事課人材育成係）` },
            },
          }
        : {}),
    }),
  );
  return Object.fromEntries(notes.map((each) => [each.id, each]));
}

const inRoom =
  (change: (view: MeetingView) => void, template: BoardTemplate = "free") =>
  (): MeetingView =>
    viewOf({ role: "participant", template, change });

function phase(view: MeetingView, next: RoundPhase): void {
  const round = view.rounds[1];
  if (round) round.phase = next;
}

const participant = (scene: Omit<Scene, "role">) => (): MeetingView => viewOf({ role: "participant", ...scene });

/** Pictures on two of three posters, as it is when some teams bring none. */
function withPictures(view: MeetingView): void {
  for (const poster of Object.values(view.posters)) {
    if (poster.id % 3 !== 0) poster.file = { hash: "ab".repeat(32), kind: "png", width: 1600, height: 1131 };
  }
}

const QUESTIONS: MeetingView["questionnaire"] = {
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

export const PARTICIPANT_SCENES: ScreenScene[] = [
  { name: "participant-room", view: participant({}) },
  {
    name: "participant-room-opening",
    widths: [320],
    view: inRoom((view) =>
      phase(view, { phase: "open", opened_at: NOW - 20_000, ends_at: NOW + 20 * MINUTE_MS - 20_000 }),
    ),
  },
  {
    name: "participant-room-menu",
    view: participant({ template: "now_ideal_step" }),
    act: async ({ page }) => {
      await page.getByRole("button", { name: /操作.*若手が/ }).click();
      await page.getByText("同じ部屋の人").click();
      await page.getByText("順番を見る・変える").click();
      await page.getByLabel("付箋を書く").focus();
    },
  },
  {
    name: "participant-room-pending",
    view: participant({}),
    act: async ({ page }) => {
      await page.getByLabel("付箋を書く").fill("面談の前に、聞きたいことを本人が決める");
      await page.getByRole("button", { name: "貼る", exact: true }).click();
      await page.getByText("保存待ち", { exact: true }).waitFor();
      await page.getByRole("button", { name: /共感 0.*若手が/ }).click();
    },
  },
  {
    name: "participant-room-broken",
    widths: [320],
    noisy: true,
    view: participant({}),
    act: async (stage) => {
      await stage.cut();
      await stage.page.getByText("つなぎ直しています").waitFor();
      await stage.page.getByLabel("付箋を書く").fill("回線が切れているあいだに書いた付箋");
      await stage.page.getByRole("button", { name: "貼る", exact: true }).click();
      await stage.page.getByLabel("付箋を書く").fill("あ".repeat(507));
    },
  },
  {
    name: "participant-room-forty",
    view: inRoom((view) => {
      if (view.seat) {
        view.seat.board.notes = many(40, 4);
        view.seat.board.clusters = { 1: { id: 1, name: "面談" }, 2: { id: 2, name: "" } };
        for (const id of [200, 204, 208]) (view.seat.board.notes[id] as NoteView).cluster = 1;
        for (const id of [201, 205]) (view.seat.board.notes[id] as NoteView).cluster = 2;
      }
    }, "four_steps"),
    act: async ({ page }) => page.getByText("読みました").click(),
  },
  {
    name: "participant-room-conflict",
    widths: [320],
    view: participant({}),
    act: async (stage) => {
      const { page } = stage;
      await page.getByRole("button", { name: /操作.*若手が/ }).click();
      await page.getByRole("button", { name: "書き直す" }).click();
      await page.getByLabel("書き直す").fill("若手が声を上げても、返事が来ない");
      await page.getByRole("button", { name: "保存", exact: true }).click();
      await expect.poll(() => stage.commands.length, { timeout: 10_000 }).toBe(1);
      // What the other person wrote comes in before the answer, as on a real line.
      const text = "若手の声を聞く場を、月に一度ひらく";
      const edited_by = { person: 100, name: "弘前市 担当A" };
      stage.happen([{ type: "note_edited", board: 400, note: 32, text, color: "green", version: 2, edited_by }]);
      stage.refuse({
        code: "note_conflict",
        current_text: text,
        current_version: 2,
        your_text: "若手が声を上げても、返事が来ない",
      });
      await page.getByText("いまの文", { exact: true }).waitFor();
      await page.getByText(text, { exact: true }).waitFor();
    },
  },
  {
    name: "participant-text-returned",
    widths: [320],
    view: participant({}),
    act: async (stage) => {
      const { page } = stage;
      await page.getByLabel("付箋を書く").fill("締め切りのあとに届いた付箋");
      await page.getByRole("button", { name: "貼る", exact: true }).click();
      await page.getByText("保存待ち", { exact: true }).waitFor();
      await expect.poll(() => stage.commands.length, { timeout: 10_000 }).toBe(1);
      stage.refuse({ code: "board_closed" });
      await page.getByText("保存できなかった文があります").waitFor();
    },
  },
  {
    name: "participant-room-silent",
    widths: [320],
    view: inRoom((view) => {
      if (!view.seat) return;
      view.seat.board.silent = true;
      view.seat.room.help = { state: "called", by: 102, at: NOW - 40_000 };
    }),
  },
  {
    name: "participant-room-help-coming",
    widths: [320],
    view: inRoom((view) => {
      if (view.seat) view.seat.room.help = { state: "claimed", called_at: NOW - 90_000, by: 3, at: NOW - 30_000 };
      if (view.seat) view.seat.turns.state = { state: "speaking", person: 102, started_at: NOW, ends_at: NOW - 12_000 };
    }),
  },
  {
    name: "participant-last-minute",
    widths: [320],
    view: inRoom((view) => phase(view, { phase: "open", opened_at: NOW - 1_140_000, ends_at: NOW + 48_000 })),
  },
  {
    name: "participant-last-seconds",
    view: inRoom((view) => phase(view, { phase: "closing", opened_at: NOW - 1_200_000, ends_at: NOW + 9_000 })),
  },
  {
    name: "participant-paused",
    widths: [320],
    view: inRoom((view) => {
      phase(view, { phase: "paused", opened_at: NOW - 1_200_000, paused_at: NOW - 9_000, remaining_ms: 5 * MINUTE_MS });
      if (view.seat) {
        view.seat.turns.state = { state: "paused", person: 101, spoken_ms: 40_000, remaining_ms: 50_000 };
      }
    }),
  },
  {
    name: "participant-after-round",
    widths: [320],
    view: inRoom((view) => {
      phase(view, { phase: "ended", opened_at: NOW - 25 * MINUTE_MS, ended_at: NOW - MINUTE_MS });
      if (view.seat) view.seat.turns.spoken_ms = { 100: 84_000, 101: 190_000, 102: 31_000, 103: 95_000 };
    }),
    act: tab("部屋"),
  },
  {
    name: "participant-choose-room",
    widths: [320],
    view: inRoom((view) => {
      view.seat = null;
      view.room_choices = Object.fromEntries(
        [1, 2, 3, 4].map((number) => [
          500 + number,
          {
            id: 500 + number,
            number,
            name: number === 2 ? "幹事 1 の部屋" : "",
            members: number * 3,
            facilitator: null,
          },
        ]),
      );
    }),
  },
  {
    name: "participant-affinity",
    view: inRoom((view) => {
      if (!view.seat) return;
      view.seat.board.notes = many(12, 1);
      view.seat.board.clusters = { 1: { id: 1, name: "面談の目的を、はじめに話していない" } };
      for (const id of [200, 203, 206]) (view.seat.board.notes[id] as NoteView).cluster = 1;
      view.seat.turns.state = { state: "idle" };
    }, "affinity"),
  },
  {
    name: "participant-kpt",
    widths: [320],
    view: inRoom((view) => {
      if (view.seat) view.seat.board.notes = {};
    }, "kpt"),
  },
  {
    name: "participant-nine",
    view: inRoom((view) => {
      if (!view.seat) return;
      view.seat.board.notes = {
        7: note(7, "対話の場を増やす", { area: 40 }),
        8: note(8, "面談の見直し", { area: 36 }),
        9: note(9, "管理職の学び直し", { area: 37 }),
        10: note(10, "月に一度、部署を越えた対話", { area: 41 }),
        11: note(11, "面談の前に聞きたいことを本人が決める", { area: 0 }),
      };
    }, "nine_squares"),
  },
  {
    name: "participant-break",
    widths: [320],
    view: inRoom((view) => {
      const open: RoundPhase = { phase: "open", opened_at: NOW - MINUTE_MS, ends_at: NOW + 9 * MINUTE_MS };
      phase(view, { phase: "ended", opened_at: NOW - 25 * MINUTE_MS, ended_at: NOW - MINUTE_MS });
      const rest = view.rounds.find(({ plan }) => plan.kind === "break");
      if (rest) rest.phase = open;
    }),
  },
  { name: "participant-plenary", view: participant({ running: "plenary" }) },
  {
    name: "participant-waiting",
    widths: [320],
    view: participant({
      running: "none",
      change: (view) => {
        view.announcements = {};
        view.plenary.notes = {};
        view.rounds = view.rounds.map((round) => ({ ...round, phase: { phase: "waiting" } }));
      },
    }),
  },
  {
    name: "participant-meeting-ended",
    widths: [320],
    view: participant({
      running: "none",
      change: (view) => {
        view.meeting.ended_at = NOW;
        view.rounds = view.rounds.map((round) => ({
          ...round,
          phase: { phase: "ended", opened_at: NOW - 1_200_000, ended_at: NOW },
        }));
      },
    }),
  },
  {
    name: "participant-menu",
    widths: [320],
    view: participant({}),
    act: async ({ page }) => {
      await page.getByRole("button", { name: "メニュー" }).click();
      await page.getByRole("button", { name: "入口のQRコードを出す" }).click();
    },
  },
  {
    name: "participant-posters",
    view: participant({ running: "posters", change: withPictures }),
    act: async ({ page }) => page.getByRole("button", { name: "読む" }).first().click(),
  },
  {
    name: "participant-vote",
    view: participant({ running: "posters", vote: "open" }),
    act: async (stage) => {
      await tab("投票")(stage);
      await stage.page.getByRole("checkbox").nth(2).check();
    },
  },
  {
    name: "participant-pulse",
    view: participant({
      change: (view) => {
        const [first] = Object.values(view.pulses);
        if (first) view.pulses[2] = { ...first, sum: 4_560, own: { value: 30, word: "見えてきた" } };
      },
    }),
    act: tab("モヤモヤ"),
  },
  {
    name: "participant-questionnaire",
    view: participant({ running: "none", change: (view) => (view.questionnaire = QUESTIONS) }),
    act: tab("アンケート"),
  },
  { name: "observer", view: () => viewOf({ role: "observer", running: "plenary" }) },
];
