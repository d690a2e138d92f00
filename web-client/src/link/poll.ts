/** Frames as answers to a long poll (SPEC TR2, TR6): one request after the other, each held until there is something. */
import { LIMITS } from "../protocol/constants";
import type { PollNext, PollReply } from "../protocol/protocol";
import { openHttpLine, type Follow, type HttpLineEvents } from "./http-line";
import type { Link } from "./link";
import { post } from "./uplink";

/** A poll is answered within a heartbeat; a slow line may add some seconds. */
const TIMEOUT_MS = LIMITS.HEARTBEAT_MS + 15_000;
/** Polls that may get lost one after the other before the line counts as broken. */
const LOSSES_MAX = 2;

const follow: Follow = async (hello, line) => {
  let next: PollNext | null = null;
  let losses = 0;
  let answered = false;
  for (;;) {
    const reply = await ask(next, hello, line.signal);
    if (line.signal.aborted) return "broken";
    if (typeof reply === "object") {
      [next, losses, answered] = [{ line: reply.line, turn: reply.turn }, 0, true];
      line.progressed();
      reply.frames.forEach(line.received);
      if (line.signal.aborted || reply.frames.some(({ type }) => type === "goodbye")) return "broken";
      if (!line.goesOn()) return "renewed";
      continue;
    }
    // The node does not know the line any more, or an answer got lost: say hello again, from where we are.
    losses += 1;
    next = null;
    if (reply === "refused") return "refused";
    if (!answered || losses > LOSSES_MAX) return reply === "lost" ? "unreachable" : "broken";
  }
};

async function ask(
  next: PollNext | null,
  hello: () => unknown,
  signal: AbortSignal,
): Promise<PollReply | "lost" | "unknown" | "refused"> {
  try {
    const [path, body] = next === null ? ["/api/poll", hello()] : ["/api/poll/next", next];
    const response = await post(path, body, signal, { timeout_ms: TIMEOUT_MS });
    if (response.ok) return (await response.json()) as PollReply;
    if (response.status === 404 && next !== null) return "unknown";
    return response.status >= 500 || next !== null ? "lost" : "refused";
  } catch {
    return "lost";
  }
}

export function openPoll(events: HttpLineEvents): Link {
  return openHttpLine(follow, events);
}
