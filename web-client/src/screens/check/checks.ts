/** Carries the checks out, over the server's own probes (SPEC TR9), and tells what it finds as it finds it. */
import { ServerClock } from "../../connection/clock";
import { shelf } from "../../connection/storage";
import { openProbeSocket, PROBE_TIMEOUT_MS } from "../../link/probes";
import { readEvents } from "../../link/stream";
import { post } from "../../link/uplink";
import type { Findings, Kept, StreamFinding } from "./findings";

/** Ticks of a stream that the server spreads over a second and a half; together they were held back. */
const TICKS = 4;
const SPREAD_MS_MIN = 700;
/** Silence after which a connection counts as kept. */
export const SILENCE_MS = 35_000;
/** A busy connection is watched for longer than the minute after which some proxies cut. */
export const BUSY_MS = 65_000;
const BUSY_EVERY_MS = 5_000;
const WAYS = 5;

type Tell = (found: Partial<Findings>) => void;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs all checks; the quick ones first, those that take a minute beside one another. */
export async function runChecks(tell: Tell, signal: AbortSignal): Promise<void> {
  tell(await checkStores());
  const socket = checkSocket(tell, signal);
  const stream = checkStream(tell, signal);
  await checkPoll(tell, signal);
  await Promise.all([socket, stream]);
}

async function checkSocket(tell: Tell, signal: AbortSignal): Promise<void> {
  const silent = await openProbeSocket(signal);
  tell({ websocket: silent.probe });
  if (silent.probe !== "works") return;
  const opened = Date.now();
  const kept = async (socket: WebSocket, for_ms: number): Promise<Kept> => {
    const cut = new Promise<Kept>((resolve) => {
      socket.addEventListener("close", () => resolve({ cut_after_ms: Date.now() - opened }), { once: true });
    });
    return Promise.race([cut, pause(for_ms).then(() => "kept" as const)]);
  };
  const watchSilent = async (): Promise<void> => {
    const waited = await kept(silent.socket, SILENCE_MS);
    if (waited !== "kept") return tell({ silent_socket: waited });
    // A line that was cut without a word shows only when something is said on it.
    const answered = new Promise<Kept>((resolve) => {
      silent.socket.addEventListener("message", () => resolve("kept"), { once: true });
    });
    silent.socket.send("engawa");
    const late = pause(PROBE_TIMEOUT_MS).then(() => ({ cut_after_ms: SILENCE_MS }));
    tell({ silent_socket: await Promise.race([answered, late]) });
    silent.socket.close();
  };
  const watchBusy = async (): Promise<void> => {
    const busy = await openProbeSocket(signal);
    if (busy.probe !== "works") return tell({ busy_socket: { cut_after_ms: 0 } });
    const talk = setInterval(() => {
      if (busy.socket.readyState === WebSocket.OPEN) busy.socket.send("engawa".repeat(40));
    }, BUSY_EVERY_MS);
    tell({ busy_socket: await kept(busy.socket, BUSY_MS) });
    clearInterval(talk);
    busy.socket.close();
  };
  await Promise.all([watchSilent(), watchBusy()]);
}

async function checkStream(tell: Tell, signal: AbortSignal): Promise<void> {
  const abort = new AbortController();
  signal.addEventListener("abort", () => abort.abort(), { once: true });
  const came: number[] = [];
  let told = false;
  const settle = (stream: StreamFinding): void => {
    if (!told) tell({ stream });
    told = true;
    if (stream !== "works") abort.abort();
  };
  // Nothing in time: either nothing comes at all, or it comes when the stream has ended, which is too late.
  const timer = setTimeout(() => settle("held_back"), PROBE_TIMEOUT_MS);
  try {
    const response = await post("/api/check/stream", {}, abort.signal);
    if (!response.ok || response.body === null) return settle("blocked");
    const ended = await readEvents(response.body, {
      progressed: () => undefined,
      data: () => {
        came.push(Date.now());
        const spread_ms = (came.at(-1) ?? 0) - (came[0] ?? 0);
        if (came.length !== TICKS) return;
        clearTimeout(timer);
        settle(spread_ms >= SPREAD_MS_MIN ? "works" : "held_back");
      },
    });
    if (abort.signal.aborted) return;
    if (came.length < TICKS) return settle("blocked");
    const lived_ms = Date.now() - (came[0] ?? Date.now());
    tell({ silent_stream: ended && came.length > TICKS ? "kept" : { cut_after_ms: lived_ms } });
  } catch {
    settle("blocked");
  } finally {
    clearTimeout(timer);
  }
}

/** Polls: several at once for the clock and the length of the way, then a long one. */
async function checkPoll(tell: Tell, signal: AbortSignal): Promise<void> {
  const clock = new ServerClock();
  const ways: number[] = [];
  for (let way = 0; way < WAYS; way += 1) {
    const started = Date.now();
    const server_time = await poll(signal);
    if (server_time === null) continue;
    clock.take(started, server_time);
    // The first one opens the connection, and says little about the way.
    if (way > 0) ways.push(Date.now() - started);
  }
  if (ways.length === 0) return tell({ poll: "blocked" });
  tell({
    poll: "works",
    delay_ms: { shortest: Math.min(...ways), longest: Math.max(...ways) },
    clock_offset_ms: Math.round(clock.offset_ms),
  });
}

async function poll(signal: AbortSignal): Promise<number | null> {
  try {
    const response = await post("/api/check/poll?hold_ms=0", {}, signal, { timeout_ms: 2 * PROBE_TIMEOUT_MS });
    const { server_time } = (await response.json()) as { server_time?: unknown };
    return response.ok && typeof server_time === "number" ? server_time : null;
  } catch {
    return null;
  }
}

async function checkStores(): Promise<Partial<Findings>> {
  const before = shelf.read("checked_at");
  const written = shelf.keeping !== "forbidden" && shelf.write("checked_at", Date.now());
  return {
    storage: written ? (before === null ? "works" : "kept") : "none",
    database: await databaseWorks(),
  };
}

function databaseWorks(): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.open("engawa-check", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("check");
      asked.onerror = () => resolve(false);
      asked.onsuccess = () => {
        const database = asked.result;
        const write = database.transaction("check", "readwrite");
        write.objectStore("check").put(1, "check");
        write.oncomplete = () => {
          database.close();
          indexedDB.deleteDatabase("engawa-check");
          resolve(true);
        };
        write.onerror = () => resolve(false);
      };
    } catch {
      resolve(false);
    }
  });
}
