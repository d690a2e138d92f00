/** The preparation page in its states; what its server would answer is scripted here. */
import type {
  AgendaTemplates,
  FollowPreview,
  Links,
  PosterFileReply,
  RosterReading,
} from "../../src/protocol/protocol";
import { NOW, PARTICIPANTS, TEAMS, viewOf } from "./fixture";
import type { ScreenScene } from "./scene";
import type { Stage } from "./stage";

const DAY_MS = 86_400_000;

const TEMPLATES: AgendaTemplates = {
  templates: [
    {
      name: "research_meeting",
      title: "研究会の標準",
      rounds: viewOf({ role: "coordinator" }).rounds.map(({ plan }) => plan),
    },
  ],
};

const READING: RosterReading = {
  outcome: "read",
  form: "cp932",
  header_line: 1,
  columns: ["team", "municipality_code", "name", null, "email"],
  rows: PARTICIPANTS.slice(0, 120).map(({ name, team, role }, index) => ({
    line: index + 2,
    effect: index % 9 === 0 ? "changes" : "adds",
    row: {
      team: TEAMS[(team ?? 1) - 1]?.name ?? "",
      region: TEAMS[(team ?? 1) - 1]?.region ?? null,
      name,
      role,
      email: null,
    },
  })),
  findings: [
    {
      line: 2,
      grade: "repaired",
      what: { code: "code_zero_restored", written: "22021", municipality_code: "022021" },
    },
    {
      line: 14,
      grade: "doubtful",
      what: { code: "private_character", column: "name", character: "U+E000", place: 3 },
    },
    { line: 31, grade: "doubtful", what: { code: "similar_name", name: "髙橋 担当B", line: 12 } },
    { line: 40, grade: "left_out", what: { code: "name_missing" } },
  ],
};

const LINKS: Links = {
  short_code: "85KR-67MX",
  shared: [{ role: "participant", link: "https://engawa.example.jp/j#SHARED" }],
  personal: PARTICIPANTS.slice(0, 10).map(({ id, name, team, role }) => ({
    person: id,
    name,
    team: TEAMS[(team ?? 1) - 1]?.name ?? null,
    region: TEAMS[(team ?? 1) - 1]?.region ?? null,
    role,
    link: `https://engawa.example.jp/j#${"AbCdEfGhIjKlMnOp".repeat(6)}${id}`,
  })),
};

const FOLLOWED: FollowPreview = {
  meetings: [
    { title: "第3回研究会", held_at: NOW - 90 * DAY_MS, pulses: 2 },
    { title: "第4回研究会", held_at: NOW - 45 * DAY_MS, pulses: 3 },
  ],
  teams_added: 97,
  rows: READING.outcome === "read" ? READING.rows : [],
  posters: TEAMS.slice(0, 30).map(({ name, region }, index) => ({
    team: name,
    region,
    title: `${name}　対話が生まれる職場へ`,
    effect: index % 7 === 0 ? "stays" : "adds",
  })),
  rounds: 9,
  pairs: 4_311,
  people_unknown: 2,
  doubts: [
    { code: "region_missing", team: "府中市" },
    { code: "similar_name", team: "弘前市", name: "髙橋 担当B", present: "高橋 担当B" },
    { code: "poster_file_missing", team: "甲府市" },
  ],
};

const REFUSED: PosterFileReply = { outcome: "refused", problem: { code: "file_broken" } };

async function open({ page }: Stage): Promise<void> {
  await page.route("**/api/agenda/templates", (route) => route.fulfill({ json: TEMPLATES }));
  await page.route("**/api/roster/preview", (route) => route.fulfill({ json: READING }));
  await page.route("**/follow/preview", (route) => route.fulfill({ json: FOLLOWED }));
  await page.route("**/api/links", (route) => route.fulfill({ json: LINKS }));
  await page.route("**/api/posters/files", (route) => route.fulfill({ json: REFUSED }));
  await page.getByRole("button", { name: "準備", exact: true }).click();
  await page.getByRole("heading", { name: "ミーティングの準備" }).waitFor();
  await page.getByRole("option", { name: "研究会の標準" }).waitFor({ state: "attached" });
}

export const PREPARATION_SCENES: ScreenScene[] = [
  {
    name: "preparation",
    view: () => viewOf({ role: "coordinator", running: "none" }),
    act: async (stage) => {
      await open(stage);
      const { page } = stage;
      const file = { name: "令和6年度_名簿_最終版（修正2）.csv", mimeType: "text/csv", buffer: Buffer.from("x") };
      await page.getByRole("button", { name: /^名簿のファイル/ }).setInputFiles(file);
      await page.getByText("を読み").or(page.getByText("として読み")).first().waitFor();
      await page.getByText(/^取り込む行/).click();
      await page.getByRole("button", { name: /^ポスターのファイル/ }).setInputFiles({ ...file, name: "弘前市.png" });
      await page.getByText("壊れていて開けません。作ったソフト").waitFor();
    },
  },
  {
    name: "preparation-follow",
    view: () => viewOf({ role: "coordinator", running: "none" }),
    act: async (stage) => {
      await open(stage);
      const { page } = stage;
      await page.getByLabel("前の回の「進行・事務局」のリンク").fill("https://engawa.example.jp/j#AbCdEf");
      await page.getByRole("button", { name: "中身を見る" }).click();
      await page.getByText("「第4回研究会」から引き継ぐもの").waitFor();
      await page.getByText(/^ポスターの内訳/).click();
    },
  },
  {
    name: "preparation-cards",
    view: () => viewOf({ role: "coordinator", running: "none" }),
    act: async (stage) => {
      await open(stage);
      await stage.page.getByRole("button", { name: "印刷用のカード（QRコード）" }).click();
      await stage.page.getByText("10枚").waitFor();
    },
  },
];
