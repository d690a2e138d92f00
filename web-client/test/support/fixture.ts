/** A meeting of 97 teams as different viewers see it, made in the browser's form: for tests of screens without a server. */
import type {
  BoardTemplate,
  BoardView,
  GroupingRule,
  HelpState,
  MeetingView,
  NoteColor,
  NoteView,
  PersonView,
  PosterView,
  Role,
  RoomView,
  RoundPhase,
  RoundView,
  Standing,
  TeamView,
} from "../../src/protocol/protocol";
import { MUNICIPALITIES } from "./municipalities";

export const NOW = 1_790_000_000_000;
const MINUTE_MS = 60_000;

function keyed<T extends { id: number }>(things: T[]): Record<number, T> {
  return Object.fromEntries(things.map((thing) => [thing.id, thing]));
}

export const TEAMS: TeamView[] = MUNICIPALITIES.map(([region, name], index) => ({ id: index + 1, name, region }));

const STAFF: PersonView[] = [
  { id: 1, name: "事務局 A", team: null, role: "coordinator", attendance: "present", removed: false },
  { id: 2, name: "幹事 1", team: null, role: "facilitator", attendance: "present", removed: false },
  { id: 3, name: "幹事 2", team: null, role: "facilitator", attendance: "present", removed: false },
  { id: 4, name: "集計 A", team: null, role: "secretariat", attendance: "present", removed: false },
  { id: 5, name: "マネ友 A", team: null, role: "observer", attendance: "present", removed: false },
];
export const PARTICIPANTS: PersonView[] = TEAMS.flatMap((team) =>
  ["A", "B", "C"].map((letter, index) => ({
    id: 100 + (team.id - 1) * 3 + index,
    name: `${team.name} 担当${letter}`,
    team: team.id,
    role: "participant" as const,
    attendance: (team.id * 3 + index) % 17 === 0 ? ("expected" as const) : ("present" as const),
    removed: false,
  })),
);
const PEOPLE = [...STAFF, ...PARTICIPANTS];

function round(id: number, title: string, phase: RoundPhase, more: Partial<RoundView["plan"]> = {}): RoundView {
  return {
    id,
    phase,
    plan: {
      kind: "dialogue",
      title,
      question: "自自治体の基本方針の活用状況と、策定に向けた進捗・課題は？",
      duration_ms: 20 * MINUTE_MS,
      grouping: { by: "mixed", room_size: 6 } satisfies GroupingRule,
      turn_ms: 90_000,
      template: "free",
      authors: "shown",
      countdown_ms: 60_000,
      ...more,
    },
  };
}

export function note(id: number, text: string, more: Partial<NoteView> = {}): NoteView {
  const person = PARTICIPANTS[id % PARTICIPANTS.length] as PersonView;
  const colors: NoteColor[] = ["yellow", "blue", "green", "pink", "white"];
  return {
    id,
    text,
    color: colors[id % 5] ?? "yellow",
    area: 0,
    rank: id * 1_048_576,
    version: 1,
    author: { is: "shown", author: { person: person.id, name: person.name } },
    added_at: NOW - 5 * MINUTE_MS,
    edited_by: null,
    marks: id % 4,
    marked: id % 4 === 3,
    cluster: null,
    harvested: false,
    source: null,
    ...more,
  };
}

function board(id: number, template: BoardTemplate, notes: NoteView[]): BoardView {
  return { id, template, authors: "shown", silent: false, notes: keyed(notes), clusters: {} };
}

function rooms(): RoomView[] {
  return Array.from({ length: 49 }, (_, index) => {
    const members = PARTICIPANTS.slice(index * 6, index * 6 + 6).map(({ id }) => id);
    const quiet: HelpState = { state: "quiet" };
    const help: HelpState =
      index === 6
        ? { state: "called", by: members[0] ?? 0, at: NOW - 40_000 }
        : index === 11
          ? { state: "claimed", called_at: NOW - 90_000, by: 2, at: NOW - 30_000 }
          : quiet;
    return {
      id: 400 + index,
      round: 2,
      number: index + 1,
      name: index === 3 ? "幹事 1 の部屋" : "",
      facilitator: index === 3 ? 2 : null,
      members,
      visitors: index === 0 ? [3] : [],
      help,
      activity: {
        notes: index === 20 ? 0 : (index * 7) % 13,
        last_note_at: index === 20 ? null : NOW - (index % 9) * 40_000,
        speaker: index % 3 === 0 ? (members[1] ?? null) : null,
        silent: index === 15,
      },
    };
  });
}

function posters(): PosterView[] {
  return TEAMS.map((team) => ({
    id: team.id,
    team: team.id,
    title: `${team.name}の対話でつくる人事方針と、これからの一歩`,
    summary: "一年の取り組みを一枚にまとめました。\n面談の見直し、若手の対話の場、管理職の学び直し。",
    file: null,
    withdrawn: false,
    interested: team.id % 11 === 0,
    interested_count: null,
    comments: {},
  }));
}

export interface Scene {
  role: Role;
  /** What the running round is. */
  running?: "dialogue" | "posters" | "plenary" | "none";
  vote?: "drafted" | "open" | "closed";
  template?: BoardTemplate;
  change?: (view: MeetingView) => void;
}

const ME: Record<Role, number | null> = {
  coordinator: 1,
  facilitator: 2,
  secretariat: 4,
  participant: 102,
  observer: 5,
  screen: null,
};

export function viewOf({
  role,
  running = "dialogue",
  vote = "drafted",
  template = "free",
  change,
}: Scene): MeetingView {
  const me = PEOPLE.find(({ id }) => id === ME[role]) ?? null;
  const staff = role === "coordinator" || role === "facilitator" || role === "secretariat";
  const guides = role === "coordinator" || role === "facilitator";
  const open: RoundPhase = { phase: "open", opened_at: NOW - 8 * MINUTE_MS, ends_at: NOW + 12 * MINUTE_MS - 26_000 };
  const ended: RoundPhase = { phase: "ended", opened_at: NOW - 60 * MINUTE_MS, ended_at: NOW - 40 * MINUTE_MS };
  const when = (kind: Scene["running"]): RoundPhase => (kind === running ? open : { phase: "waiting" });
  const all_rooms = rooms();
  const room = all_rooms[0] as RoomView;
  const tally = Object.fromEntries(TEAMS.map(({ id }) => [id, (id * 37) % 29]));
  const standings: Standing[] = TEAMS.map(({ id }) => ({
    poster: id,
    team: id,
    place: 0,
    tied: false,
    votes: tally[id] ?? 0,
  }))
    .sort((a, b) => b.votes - a.votes)
    .map((standing, _, all) => ({
      ...standing,
      place: all.findIndex(({ votes }) => votes === standing.votes) + 1,
      tied: all.filter(({ votes }) => votes === standing.votes).length > 1,
    }));
  const office = role === "secretariat" || role === "coordinator";
  const seen = staff
    ? PEOPLE
    : PEOPLE.filter(({ team, role: of }) => of !== "participant" || (team !== null && team === me?.team));
  const view: MeetingView = {
    meeting: {
      id: "0b8e1d3a-57c1-4d0e-8f0a-2f6d3c9b7a11",
      title: "第4回研究会",
      language: "ja",
      created_at: NOW - 86_400_000,
      ended_at: null,
      keep_until: null,
      join_rule: { pick_name: true, join_with_name: true },
      feedback_shared: false,
    },
    me: { role, person: me?.id ?? null, team: me?.team ?? null },
    teams: keyed(TEAMS),
    people: keyed(seen),
    rounds: [
      round(1, "はじめに", running === "plenary" ? when("plenary") : ended, {
        kind: "plenary",
        question: "",
        turn_ms: null,
      }),
      round(2, "対話 1", when("dialogue"), { template }),
      round(3, "対話 2", { phase: "waiting" }, { grouping: { by: "partners", teams_per_room: 3 } }),
      round(4, "休憩", { phase: "waiting" }, { kind: "break", question: "", duration_ms: 10 * MINUTE_MS }),
      round(5, "ポスターセッション", when("posters"), {
        kind: "posters",
        question: "自分の組織に持ち帰りたいものは？",
        duration_ms: 40 * MINUTE_MS,
      }),
    ],
    groupings: {},
    rooms: guides && running === "dialogue" ? keyed(all_rooms) : {},
    room_choices: {},
    seat:
      role === "participant" && running === "dialogue"
        ? {
            room: { ...room, activity: null },
            people: keyed(PEOPLE.filter(({ id }) => room.members.includes(id) || id === 3)),
            turns: {
              order: room.members,
              state: { state: "speaking", person: 101, started_at: NOW - 30_000, ends_at: NOW + 60_000 },
              spoken_ms: { 100: 84_000 },
              had_turn: [100, 101],
            },
            board: board(room.id, template, [
              note(31, "評価の面談が形だけになっている", { marks: 3 }),
              note(32, "若手が人事に声を上げる場がない。\n「言っても変わらない」と思われている。", {
                author: { is: "shown", author: { person: 102, name: "弘前市 担当C" } },
              }),
              note(33, "基本方針を読んだことのある職員が少ない", { marks: 5, marked: true, harvested: true }),
            ]),
          }
        : null,
    plenary: board(0, "free", [
      note(90, "基本方針を読んだことのある職員が少ない", { source: { room: 400, number: 1, name: "", note: 33 } }),
      note(91, "管理職が対話を「時間のむだ」と見ている", {
        source: { room: 403, number: 4, name: "幹事 1 の部屋", note: 12 },
      }),
    ]),
    announcements: keyed([
      {
        id: 1,
        by: 1,
        text: "あと12分で全体に戻ります。",
        at: NOW - MINUTE_MS,
        read: staff,
        readers: guides ? 214 : null,
      },
    ]),
    posters: keyed(posters()),
    vote: {
      rules: {
        voters: "persons",
        choices_max: 3,
        own_team_allowed: false,
        tally_display: "secretariat",
        opens_at: null,
        closes_at: null,
      },
      phase:
        vote === "drafted"
          ? { phase: "drafted" }
          : vote === "open"
            ? { phase: "open", opened_at: NOW - 10 * MINUTE_MS }
            : {
                phase: "closed",
                opened_at: NOW - 30 * MINUTE_MS,
                closed_at: NOW - MINUTE_MS,
                ledger_hash: "cd".repeat(32),
              },
      candidates: vote === "drafted" ? [] : TEAMS.map(({ id }) => id),
      may_vote: role === "participant",
      ballot: null,
      voted: false,
      turnout: {
        persons_voted: vote === "drafted" ? 0 : 210,
        persons_eligible: 291,
        teams_voted: 80,
        teams_eligible: 97,
      },
      team_turnout: office
        ? Object.fromEntries(TEAMS.map(({ id }) => [id, { voted: vote === "drafted" ? 0 : id % 4, eligible: 3 }]))
        : null,
      turnout_samples: office
        ? vote === "drafted"
          ? []
          : Array.from({ length: 20 }, (_, index) => ({
              at: NOW - (vote === "open" ? 10 : 30) * MINUTE_MS + index * 30_000,
              persons_voted: Math.round(210 * (1 - 0.8 ** index)),
              teams_voted: Math.round(80 * (1 - 0.8 ** index)),
            }))
        : null,
      tally: role === "secretariat" && vote !== "drafted" ? tally : null,
      recount: null,
      standings: role === "secretariat" && vote === "closed" ? standings : null,
      own_standing: null,
      reveal: null,
    },
    pulses: {
      1: {
        distribution: [0, 2, 5, 9, 14, 22, 31, 18, 9, 3, 1],
        count: 114,
        sum: 6300,
        own: role === "participant" ? { value: 60, word: null } : null,
        words: guides ? { 霧の中: 3, わくわく: 2 } : null,
      },
    },
    questionnaire: { questions: [], phase: "drafted", own: {}, results: null },
    last_action: guides ? { by: 1, action: "open_round", at: NOW - 8 * MINUTE_MS } : null,
  };
  change?.(view);
  return view;
}
