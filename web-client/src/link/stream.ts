/** Frames as a streamed response (SPEC TR1): read as they come, each an event of the form `data: {frame}`. */
import type { ServerFrame } from "../protocol/protocol";
import { openHttpLine, type Downwards, type Follow, type HttpLineEvents } from "./http-line";
import type { Link } from "./link";
import { post } from "./uplink";

/** A stream that ends sooner than this was not ended by the server at the end of its life (SPEC TR7). */
const RENEWED_AFTER_MS = 5_000;

/** Takes whole events out of what has come; answers with the rest and the data. */
export function takeEvents(text: string): { rest: string; data: string[] } {
  const parts = text.split("\n\n");
  const rest = parts.pop() ?? "";
  const data = parts.filter((part) => part.startsWith("data: ")).map((part) => part.slice("data: ".length));
  return { rest, data };
}

/** Reads a body of events; true when it came to a proper end. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  taken: { progressed(): void; data(text: string): void },
): Promise<boolean> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      taken.progressed();
      const { rest, data } = takeEvents(text + decoder.decode(value, { stream: true }));
      text = rest;
      for (const each of data) taken.data(each);
    }
  } catch {
    return false;
  }
}

const follow: Follow = async (hello, line: Downwards) => {
  const started_ms = Date.now();
  let response: Response;
  try {
    response = await post("/api/stream", hello(), line.signal);
  } catch {
    return "unreachable";
  }
  if (response.status >= 500) return "unreachable";
  if (!response.ok || response.body === null) return "refused";
  let garbled = false;
  const ended = await readEvents(response.body, {
    progressed: line.progressed,
    data: (text) => {
      try {
        line.received(JSON.parse(text) as ServerFrame);
      } catch {
        garbled = true;
      }
    },
  });
  return ended && !garbled && Date.now() - started_ms >= RENEWED_AFTER_MS ? "renewed" : "broken";
};

export function openStream(events: HttpLineEvents): Link {
  return openHttpLine(follow, events);
}
