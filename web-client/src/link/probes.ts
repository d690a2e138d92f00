/** Whether a way carries anything, without a meeting and without a token (SPEC TR9). Used by the chooser and by `/check`. */
import { readEvents } from "./stream";
import { post } from "./uplink";
import { socketAddress } from "./websocket";

/** A way that shows nothing within this time does not work. */
export const PROBE_TIMEOUT_MS = 4_000;

export type SocketProbe = "works" | "refused" | "silent";

/** Opens a WebSocket and has a word sent back. The socket stays open for whoever wants to wait on it. */
export function openProbeSocket(signal: AbortSignal): Promise<{ probe: SocketProbe; socket: WebSocket }> {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketAddress(location, "/api/check/socket"));
    const done = (probe: SocketProbe): void => {
      clearTimeout(timer);
      resolve({ probe, socket });
    };
    const timer = setTimeout(() => {
      done("silent");
      socket.close();
    }, PROBE_TIMEOUT_MS);
    signal.addEventListener("abort", () => socket.close(), { once: true });
    socket.addEventListener("open", () => socket.send("engawa"));
    socket.addEventListener("message", () => done("works"), { once: true });
    socket.addEventListener("close", () => done("refused"), { once: true });
  });
}

export async function probeSocket(): Promise<boolean> {
  const { probe, socket } = await openProbeSocket(new AbortController().signal);
  socket.close();
  return probe === "works";
}

/** Whether the first event of a stream comes while the stream goes on. */
export async function probeStream(): Promise<boolean> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PROBE_TIMEOUT_MS);
  let came = false;
  try {
    const response = await post("/api/check/stream", {}, abort.signal);
    if (!response.ok || response.body === null) return false;
    await readEvents(response.body, {
      progressed: () => undefined,
      data: () => {
        came = true;
        abort.abort();
      },
    });
  } catch {
    // Nothing came in time, or there was no way at all.
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
  return came;
}
