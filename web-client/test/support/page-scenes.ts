/** The pages without a meeting: front page, joining, the check, a new meeting. Their server is the test. */
import type { Page } from "playwright-core";
import type {
  CloseCode,
  DeletionCertificate,
  Information,
  JoinOptions,
  ServerFrame,
} from "../../src/protocol/protocol";
import { NOW, PARTICIPANTS, TEAMS } from "./fixture";
import type { Kept } from "./house";

export interface PageScene {
  name: string;
  path: string;
  /** What the browser has kept from before. */
  kept?: Kept;
  /** What the server answers. */
  routes?: (page: Page) => Promise<unknown>;
  /** Brings the page into its state. */
  act: (page: Page) => Promise<void>;
  /** What its server never answers. */
  left_open?: RegExp;
  /** Widths at which it is tested. */
  widths?: readonly number[];
  /** A line that is refused cannot be free of errors in the console. */
  noisy?: boolean;
}

export const OPTIONS: JoinOptions = {
  meeting: "0b8e1d3a-57c1-4d0e-8f0a-2f6d3c9b7a11",
  title: "第4回研究会",
  language: "ja",
  token: "SHARED",
  role: "participant",
  rule: { pick_name: true, join_with_name: true },
  teams: TEAMS,
  people: PARTICIPANTS.map(({ id, name, team }) => ({ person: id, name, team, taken: id % 7 === 3 })),
};

/** The server says goodbye for good. */
const goodbye =
  (code: CloseCode, number: number) =>
  async (page: Page): Promise<void> => {
    const frame: ServerFrame = { type: "goodbye", code, number, retry: false, retry_after_ms: 0, detail: "" };
    await page.routeWebSocket(/\/ws$/, (socket) =>
      socket.onMessage(() => {
        socket.send(JSON.stringify(frame));
        void socket.close({ code: number });
      }),
    );
  };

export const joining =
  (options: JoinOptions | null) =>
  async (page: Page): Promise<void> => {
    await goodbye("join_first", 4506)(page);
    await page.route("**/api/join/options", (route) =>
      options === null ? route.abort() : route.fulfill({ json: options }),
    );
  };

/** What the server says of a link that was revoked. */
const REVOKED = {
  ja: "このリンクは使えません。途中で切れているか、無効になっています。進行・事務局に新しいリンクをお尋ねください。",
  en: "This link does not work. It may be cut short or no longer valid. Please ask the coordinator for a new one.",
};

/** Somebody has used this browser before. */
const KNOWN: Kept = {
  shelf: {
    "engawa.people": JSON.stringify(
      PARTICIPANTS.slice(0, 2).map(({ id, name }) => ({
        token: `T${id}`,
        name,
        title: OPTIONS.title,
        role: "participant",
        meeting: OPTIONS.meeting,
      })),
    ),
  },
};

const INFORMATION: Information = {
  host: "engawa.example.jp",
  port: 443,
  place: "市役所本庁舎のサーバー室",
  contact: "総務部人事課（内線 1234）",
  in_memory: false,
  keep_days: 180,
  version: "0.1.0",
};

const informed = (page: Page): Promise<unknown> =>
  page.route("**/api/information", (route) => route.fulfill({ json: INFORMATION }));

const CERTIFICATE: DeletionCertificate = {
  meeting: OPTIONS.meeting,
  title: OPTIONS.title,
  deleted_at: NOW,
  reason: "asked",
  totals: { people: 306, teams: 97, notes: 4_812, posters: 97, comments: 640, answers: 873 },
  log_entries: 21_044,
  poster_files: 97,
  poster_files_bytes: 81_264_640,
  state_hash: "ab".repeat(32),
  certificate_hash: "cd".repeat(32),
};

/** Everything gets through. */
async function open(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api\/check\/socket$/, (socket) => socket.onMessage((text) => socket.send(text)));
  await page.route("**/api/check/stream", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.route("**/api/check/poll*", (route) => route.fulfill({ json: { server_time: NOW } }));
}

/** Only the slowest way does. */
async function polled(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api\/check\/socket$/, (socket) => void socket.close());
  await page.route("**/api/check/stream", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.route("**/api/check/poll*", (route) => route.fulfill({ json: { server_time: NOW } }));
}

/** Nothing has an answer yet. */
async function unanswered(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api\/check\/socket$/, () => undefined);
  await page.route("**/api/check/**", () => undefined);
}

/** Nothing does: a proxy that answers for everybody. */
async function shut(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api\/check\/socket$/, (socket) => void socket.close());
  await page.route("**/api/check/**", (route) => route.fulfill({ status: 403, body: "blocked" }));
}

export const PAGE_SCENES: PageScene[] = [
  {
    name: "front",
    path: "/",
    act: async (page) => page.getByRole("heading", { name: "ミーティングに参加する" }).waitFor(),
  },
  {
    name: "front-no-code",
    path: "/",
    kept: KNOWN,
    act: async (page) => {
      await page.getByRole("button", { name: "次へ" }).click();
      await page.getByRole("heading", { name: "この端末で参加したミーティング" }).waitFor();
    },
  },
  {
    name: "join-again",
    path: "/j#SHARED",
    kept: KNOWN,
    routes: joining(OPTIONS),
    act: async (page) => {
      await page.getByRole("heading", { name: "この端末で参加した人" }).waitFor();
      await page.getByLabel("名前・自治体・都道府県でさがす").fill("ない名前");
      await page.getByRole("button", { name: "参加する", exact: true }).click();
    },
  },
  {
    name: "join-closed",
    path: "/j#SHARED",
    routes: joining({ ...OPTIONS, rule: { pick_name: false, join_with_name: false } }),
    act: async (page) => page.getByText("いまはこのリンクから参加できません。").waitFor(),
  },
  {
    name: "join-revoked",
    path: "/j#SHARED",
    noisy: true,
    routes: async (page) => {
      await joining(null)(page);
      await page.route("**/api/join/options", (route) =>
        route.fulfill({
          status: 401,
          json: {
            error: {
              code: "unauthorised",
              message: REVOKED[route.request().headers()["accept-language"] === "en" ? "en" : "ja"],
            },
          },
        }),
      );
    },
    act: async (page) => page.getByText("このリンクは使えません。").waitFor(),
  },
  {
    name: "join-without-line",
    path: "/j#SHARED",
    routes: joining(null),
    noisy: true,
    act: async (page) => page.getByText("サーバーにつながりません。").waitFor(),
  },
  {
    name: "opening",
    path: "/j#TOKEN",
    routes: (page) => page.routeWebSocket(/\/ws$/, () => undefined),
    act: async (page) => page.getByRole("heading", { name: "開いています…" }).waitFor(),
  },
  {
    name: "ended",
    path: "/j#TOKEN",
    routes: goodbye("link_revoked", 4504),
    act: async (page) => page.getByText("このリンクは無効になりました。").waitFor(),
  },
  {
    name: "join",
    path: "/j#SHARED",
    routes: joining(OPTIONS),
    act: async (page) => {
      await page.getByText("291人のうち30人を表示しています。").waitFor();
      await page.getByLabel("名前・自治体・都道府県でさがす").fill("東北");
      await page.getByText("自分の名前が「使用中」のときは").click();
      await page.getByRole("radio", { disabled: false }).first().check();
    },
  },
  {
    name: "check-running",
    path: "/check",
    routes: unanswered,
    left_open: /\/api\/check\//,
    noisy: true,
    act: async (page) => page.getByRole("heading", { level: 1 }).waitFor(),
  },
  {
    name: "check-slowest",
    path: "/check",
    routes: polled,
    noisy: true,
    act: async (page) =>
      page
        .getByText(/いちばん遅いつなぎ方/)
        .first()
        .waitFor(),
  },
  {
    name: "check-good",
    path: "/check",
    routes: open,
    noisy: true,
    act: async (page) => page.getByText("この端末で問題なく使えます。").waitFor(),
  },
  {
    name: "check-impossible",
    path: "/check",
    routes: shut,
    noisy: true,
    act: async (page) => page.getByText(/^このままでは使えません。/).waitFor(),
  },
  {
    name: "new-meeting",
    path: "/prepare",
    routes: informed,
    act: async (page) => page.getByRole("heading", { level: 1 }).waitFor(),
  },
  {
    name: "new-meeting-refused",
    path: "/prepare",
    routes: async (page) => {
      await informed(page);
      await page.route("**/api/meetings", (route) =>
        route.fulfill({ status: 401, json: { error: { code: "unauthorised", message: "" } } }),
      );
    },
    noisy: true,
    act: async (page) => {
      await page.getByRole("button", { name: "ミーティングを作る" }).click();
      for (const [label, text] of [
        ["運用者の鍵", "x"],
        ["題名", "第4回研究会"],
        ["進行をする人の名前", "事務局 A"],
      ] as const) {
        await page.getByLabel(label).fill(text);
      }
      await page.getByRole("button", { name: "ミーティングを作る" }).click();
      await page.getByText("この鍵では作れません").waitFor();
    },
  },
  {
    name: "information",
    path: "/information",
    routes: informed,
    act: async (page) => page.getByText("engawa.example.jp").waitFor(),
  },
  {
    name: "information-without-line",
    path: "/information",
    routes: (page) => page.route("**/api/information", (route) => route.abort()),
    noisy: true,
    act: async (page) => page.getByRole("alert").waitFor(),
  },
  {
    name: "deleted",
    path: "/deleted",
    kept: { pocket: { "engawa.certificate": JSON.stringify(CERTIFICATE) } },
    act: async (page) => page.getByRole("button", { name: "証明書を保存する" }).waitFor(),
  },
  {
    name: "deleted-nothing",
    path: "/deleted",
    act: async (page) => page.getByRole("heading", { level: 1 }).waitFor(),
  },
];
