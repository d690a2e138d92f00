/** The pages without a meeting: front page, joining, the check, a new meeting. Their server is the test. */
import type { Page } from "playwright-core";
import type { JoinOptions, ServerFrame } from "../../src/protocol/protocol";
import { NOW, PARTICIPANTS, TEAMS } from "./fixture";

export interface PageScene {
  name: string;
  path: string;
  /** What the server answers. */
  routes?: (page: Page) => Promise<void>;
  /** Brings the page into its state. */
  act: (page: Page) => Promise<void>;
  /** A line that is refused cannot be free of errors in the console. */
  noisy?: boolean;
}

const OPTIONS: JoinOptions = {
  meeting: "0b8e1d3a-57c1-4d0e-8f0a-2f6d3c9b7a11",
  title: "第4回研究会",
  language: "ja",
  token: "SHARED",
  role: "participant",
  rule: { pick_name: true, join_with_name: true },
  teams: TEAMS,
  people: PARTICIPANTS.map(({ id, name, team }) => ({ person: id, name, team, taken: id % 7 === 3 })),
};

async function joining(page: Page): Promise<void> {
  const goodbye: ServerFrame = {
    type: "goodbye",
    code: "join_first",
    number: 4506,
    retry: false,
    retry_after_ms: 0,
    detail: "",
  };
  await page.routeWebSocket(/\/ws$/, (socket) =>
    socket.onMessage(() => {
      socket.send(JSON.stringify(goodbye));
      void socket.close({ code: goodbye.number });
    }),
  );
  await page.route("**/api/join/options", (route) => route.fulfill({ json: OPTIONS }));
}

/** Everything gets through. */
async function open(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api\/check\/socket$/, (socket) => socket.onMessage((text) => socket.send(text)));
  await page.route("**/api/check/stream", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.route("**/api/check/poll*", (route) => route.fulfill({ json: { server_time: NOW } }));
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
    act: async (page) => page.getByRole("heading", { name: "会に参加する" }).waitFor(),
  },
  {
    name: "join",
    path: "/j#SHARED",
    routes: joining,
    act: async (page) => {
      await page.getByText("291人のうち60人を表示しています。").waitFor();
      await page.getByLabel("名前・自治体・都道府県でさがす").fill("東北");
      await page.getByText("自分の名前が「使用中」のときは").click();
      await page.getByRole("radio", { disabled: false }).first().check();
    },
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
    act: async (page) => page.getByRole("heading", { level: 1 }).waitFor(),
  },
];
