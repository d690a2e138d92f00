/** The meeting's people as a program reaches them: their links, and commands over HTTP (SPEC HT4, HT6). */
import { randomUUID } from "node:crypto";
import type { Command, CommandReply, Links, PosterFile, PosterFileReply, RoundPlan } from "../../src/protocol/protocol";
import type { Engawa } from "./engawa";
import { png } from "./uploads";

const tokenOf = (link: string): string => link.slice(link.indexOf("#") + 1);

/** All links, asked for with a coordinator's. */
export async function linksOf(server: Engawa): Promise<Links> {
  const coordinator = server.links?.coordinator ?? "";
  const answer = await fetch(`${server.address}/api/links`, {
    headers: { Authorization: `Bearer ${tokenOf(coordinator)}` },
  });
  if (!answer.ok) throw new Error(`no links: ${answer.status}`);
  return (await answer.json()) as Links;
}

/** One person's device that sends commands and waits for each. */
export class Desk {
  readonly link: string;
  readonly #server: Engawa;
  readonly #device = randomUUID();
  #last = 0;

  constructor(server: Engawa, link: string) {
    this.#server = server;
    this.link = link;
  }

  async send(command: Command): Promise<CommandReply> {
    this.#last += 1;
    const answer = await fetch(`${this.#server.address}/api/commands`, {
      method: "POST",
      headers: { Authorization: `Bearer ${tokenOf(this.link)}`, "Content-Type": "application/json" },
      body: JSON.stringify({ device: this.#device, client_seq: this.#last, command }),
    });
    if (!answer.ok) throw new Error(`${command.type}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as CommandReply;
  }

  /** Sends a file; answers what came back. */
  async post(path: string, file: Buffer): Promise<unknown> {
    const answer = await fetch(this.#server.address + path, {
      method: "POST",
      headers: { Authorization: `Bearer ${tokenOf(this.link)}`, "Content-Type": "application/octet-stream" },
      body: new Uint8Array(file),
    });
    return answer.json();
  }

  async must(command: Command): Promise<void> {
    const reply = await this.send(command);
    if (reply.outcome !== "accepted") throw new Error(`${command.type} was refused: ${JSON.stringify(reply)}`);
  }
}

/** A poster's file, kept by the server for a command that names it. */
async function uploadPoster(desk: Desk, file: Buffer): Promise<PosterFile> {
  const reply = (await desk.post("/api/posters/files", file)) as PosterFileReply;
  if (reply.outcome !== "kept") throw new Error(JSON.stringify(reply));
  return reply.file;
}

/** The title of the poster that has a picture. */
export const PICTURED = "絵のあるポスター";

/** Hangs a file in the place of one of the rehearsal's posters. */
export async function hangPoster(coordinator: Desk, poster: number, title: string, content: Buffer): Promise<void> {
  const file = await uploadPoster(coordinator, content);
  await coordinator.must({ type: "edit_poster", poster, title, summary: "一年の取り組み", file });
}

/** A picture of 1,600 × 1,131 pixels, to be looked at closely. */
export const hangPicture = (coordinator: Desk): Promise<void> =>
  hangPoster(coordinator, 10, PICTURED, png(1600, 1131, [0, 90, 160]));

/** Rounds that a coordinator opens one after the other: teams in rooms of their own, twenty minutes, what the test wants else. */
export class Rounds {
  readonly #coordinator: Desk;
  #running: number | null = null;

  constructor(coordinator: Desk) {
    this.#coordinator = coordinator;
  }

  async open(more: Partial<RoundPlan>): Promise<void> {
    const plan: RoundPlan = {
      kind: "dialogue",
      title: "手で書く",
      question: "明日からの一歩は？",
      duration_ms: 1_200_000,
      grouping: { by: "team" },
      turn_ms: 60_000,
      template: "now_ideal_step",
      authors: "shown",
      countdown_ms: 60_000,
      ...more,
    };
    const added = await this.#coordinator.send({ type: "add_round", plan, before: null });
    if (added.outcome !== "accepted" || added.created === null) throw new Error(JSON.stringify(added));
    if (this.#running !== null) await this.#coordinator.must({ type: "end_round", round: this.#running });
    await this.#coordinator.must({ type: "open_round", round: added.created });
    this.#running = added.created;
  }
}
