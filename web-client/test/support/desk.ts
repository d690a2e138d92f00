/** The meeting's people as a program reaches them: their links, and commands over HTTP (SPEC HT4, HT6). */
import { randomUUID } from "node:crypto";
import type { Command, CommandReply, Links } from "../../src/protocol/protocol";
import type { Engawa } from "./engawa";

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

  async must(command: Command): Promise<void> {
    const reply = await this.send(command);
    if (reply.outcome !== "accepted") throw new Error(`${command.type} was refused: ${JSON.stringify(reply)}`);
  }
}
