/** The states of posters and of the vote as a voter sees them: read large, edited, voted, closed, revealed, published. */
import type { MeetingView, PosterView } from "../../src/protocol/protocol";
import { NOW, PARTICIPANTS, viewOf } from "./fixture";
import { revealed } from "./revealing";
import { tab, type ScreenScene } from "./scene";

const NARROW = [320] as const;
const OWN_TEAM = 1;

const voter =
  (vote: "open" | "closed", change: (view: MeetingView) => void = () => undefined) =>
  (): MeetingView =>
    viewOf({ role: "participant", running: vote === "open" ? "posters" : "none", vote, change });

function voted(view: MeetingView): void {
  view.vote.ballot = { choices: [3, 5, 27], receipt: "7F3K-92QM-X4TD" };
  view.vote.voted = true;
}

/** Pictures on two of three posters, as it is when some teams bring none; comments on one's own. */
function withComments(view: MeetingView): void {
  for (const poster of Object.values(view.posters)) {
    if (poster.id % 3 !== 0) poster.file = { hash: "ab".repeat(32), kind: "png", width: 1600, height: 1131 };
  }
  const own = view.posters[OWN_TEAM] as PosterView;
  const [a, b] = [PARTICIPANTS[12], PARTICIPANTS[80]];
  if (!a || !b) return;
  own.interested_count = 14;
  own.comments = {
    1: { id: 1, author: { person: a.id, name: a.name }, text: "面談の記録の仕方を、持ち帰ります。", at: NOW - 60_000 },
    2: { id: 2, author: { person: b.id, name: b.name }, text: "うちでもやってみます。\n写真がよいです。", at: NOW },
  };
}

export const VOTING_SCENES: ScreenScene[] = [
  {
    name: "participant-poster-large",
    widths: NARROW,
    view: voter("open", withComments),
    act: async ({ page }) => {
      await page
        .getByRole("button", { name: /^大きく見る/ })
        .first()
        .click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "participant-poster-own",
    widths: NARROW,
    view: voter("open", withComments),
    act: async ({ page }) => {
      await page.getByRole("searchbox").fill("弘前市");
      await page.getByRole("button", { name: /^読む/ }).click();
      await page.getByRole("button", { name: /^題名と概要を直す/ }).click();
      await page.getByLabel("ポスターの題名").waitFor();
    },
  },
  {
    name: "participant-posters-not-found",
    widths: NARROW,
    view: voter("open"),
    act: async ({ page }) => page.getByRole("searchbox").fill("ない自治体"),
  },
  {
    name: "participant-vote-cast",
    view: voter("open", voted),
    act: async (stage) => {
      await tab("投票")(stage);
      await stage.page.getByText("この端末で投票する人を切り替える").click();
    },
  },
  {
    name: "participant-vote-by-team",
    widths: NARROW,
    view: voter("open", (view) => {
      view.vote.rules.voters = "teams";
      view.vote.rules.closes_at = NOW + 3_600_000;
    }),
    act: tab("投票"),
  },
  {
    name: "participant-vote-published",
    view: voter("closed", (view) => {
      voted(view);
      const of = view.vote.candidates.length;
      view.vote.standings = view.vote.candidates.map((poster, index) => ({
        poster,
        team: poster,
        place: Math.floor(index / 3) * 3 + 1,
        tied: true,
        votes: 40 - Math.floor(index / 3),
      }));
      const [standing] = view.vote.standings;
      if (standing) view.vote.own_standing = { standing, of };
    }),
    act: tab("投票"),
  },
  {
    name: "participant-reveal",
    widths: NARROW,
    view: voter("closed", (view) => revealed(view, "top_three_last", 2)),
    act: tab("投票"),
  },
];
