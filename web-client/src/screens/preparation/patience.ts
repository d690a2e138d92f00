/** Many commands, one after the other, at the pace the server takes (SPEC: `COMMANDS_PER_SECOND`). */
import type { Outcome } from "../../connection/connection";
import type { Meeting } from "../../meeting/meeting.svelte";
import { LIMITS } from "../../protocol/constants";
import type { Command } from "../../protocol/protocol";

/** Times that a command is sent which came too fast. */
const TRIES = 20;

export async function sendPatiently(meeting: Pick<Meeting, "send">, command: Command): Promise<Outcome> {
  let outcome = await meeting.send(command);
  for (let tries = 1; !outcome.ok && outcome.rejection.code === "too_fast" && tries < TRIES; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2_000 / LIMITS.COMMANDS_PER_SECOND));
    outcome = await meeting.send(command);
  }
  return outcome;
}
