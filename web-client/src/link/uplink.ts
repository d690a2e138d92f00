/**
 * The way up of lines that carry frames downwards only: POSTs, one at a time so that commands keep their order, to
 * whichever node takes them (SPEC TR4).
 */
import { LIMITS } from "../protocol/constants";
import type { ClientFrame, DeviceId, FramesReply, FramesRequest } from "../protocol/protocol";

/** Longer than the server itself waits for the outcome of a command. */
const TIMEOUT_MS = 12_000;
const TRIES_MAX = 4;
const RETRY_MS = 500;
/** Room for what stands around the frames of a request. */
const AROUND_BYTES = 256;

export interface UplinkParts {
  token: string;
  device: DeviceId;
  replied(reply: FramesReply): void;
  /** Nothing goes up any more. */
  broken(): void;
}

export class Uplink {
  readonly #parts: UplinkParts;
  readonly #abort = new AbortController();
  #waiting: ClientFrame[] = [];
  #sending = false;

  constructor(parts: UplinkParts) {
    this.#parts = parts;
  }

  send(frame: ClientFrame): void {
    // Only the newest of what is about now counts.
    if (frame.type === "gesture" || frame.type === "ping") {
      this.#waiting = this.#waiting.filter(({ type }) => type !== frame.type);
    }
    this.#waiting.push(frame);
    if (!this.#sending) void this.#run();
  }

  close(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    this.#sending = true;
    let tries = 0;
    let batch: ClientFrame[] = [];
    while (!this.#abort.signal.aborted) {
      if (batch.length === 0) batch = this.#takeBatch();
      if (batch.length === 0) break;
      const reply = await this.#post({ device: this.#parts.device, frames: batch });
      if (this.#abort.signal.aborted) return;
      if (typeof reply === "object") {
        [batch, tries] = [[], 0];
        this.#parts.replied(reply);
        continue;
      }
      tries += 1;
      if (reply === "refused" || tries === TRIES_MAX) {
        this.#parts.broken();
        return;
      }
      // A command keeps its number, so sending it again is safe; what was about that moment is over.
      batch = batch.filter(({ type }) => type === "submit");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * 2 ** tries));
    }
    this.#sending = false;
  }

  /** As many of the waiting frames as fit into a request. */
  #takeBatch(): ClientFrame[] {
    let bytes = AROUND_BYTES;
    let count = 0;
    for (const frame of this.#waiting.slice(0, LIMITS.FRAMES_PER_REQUEST_MAX)) {
      bytes += new TextEncoder().encode(JSON.stringify(frame)).length + 1;
      if (count > 0 && bytes > LIMITS.FRAMES_REQUEST_BYTES_MAX) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #post(request: FramesRequest): Promise<FramesReply | "failed" | "refused"> {
    try {
      const response = await post("/api/frames", request, this.#abort.signal, {
        token: this.#parts.token,
        timeout_ms: TIMEOUT_MS,
      });
      if (response.ok) return (await response.json()) as FramesReply;
      return response.status >= 500 || response.status === 408 || response.status === 429 ? "failed" : "refused";
    } catch {
      return "failed";
    }
  }
}

/** A POST that ends with the signal, or when it takes too long; the time runs until the body has been read. */
export function post(
  path: string,
  body: unknown,
  signal: AbortSignal,
  { token, timeout_ms }: { token?: string; timeout_ms?: number } = {},
): Promise<Response> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  const either = new AbortController();
  const abort = (): void => either.abort();
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  if (timeout_ms !== undefined) setTimeout(abort, timeout_ms);
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal: either.signal, cache: "no-store" });
}
