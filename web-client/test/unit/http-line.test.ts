/** Streams and long polls with a server that is a table of answers. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HELD_BACK_MS, type HttpLineEvents } from "../../src/link/http-line";
import type { Link } from "../../src/link/link";
import { openPoll } from "../../src/link/poll";
import { openStream, takeEvents } from "../../src/link/stream";
import type { ClientFrame, FramesRequest, ServerFrame } from "../../src/protocol/protocol";

const DEVICE = "3f2b8c1e-6a52-4c0f-9d9e-0a4f7e6b1c22";
const HELLO: ClientFrame = {
  type: "hello",
  protocol: { oldest: 1, newest: 1 },
  token: "AQEE",
  device: DEVICE,
  resume: null,
};
const welcome = (seq: number): ServerFrame => ({
  type: "welcome",
  protocol: 1,
  meeting: DEVICE,
  position: { epoch: 1, seq },
  start: { from: "resumed" },
  server_time: 1,
  heartbeat_ms: 20_000,
});
const frame = (from: number, to: number): ServerFrame => ({
  type: "frame",
  from,
  to,
  events: [],
  acks: [],
  rejections: [],
});
const GOODBYE: ServerFrame = {
  type: "goodbye",
  code: "link_revoked",
  number: 4504,
  retry: false,
  retry_after_ms: 0,
  detail: "",
};
const submit = (client_seq: number): ClientFrame => ({
  type: "submit",
  client_seq,
  command: { type: "call_help", room: 1 },
});
const json = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status });

/** A response that the test writes into. */
class Stream {
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  readonly response = new Response(
    new ReadableStream<Uint8Array>({ start: (controller) => void (this.#controller = controller) }),
  );

  say(...frames: ServerFrame[]): void {
    this.write(frames.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(""));
  }

  write(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#controller?.close();
  }

  break(): void {
    this.#controller?.error(new TypeError("reset"));
  }
}

interface Asked {
  path: string;
  body: Record<string, unknown>;
  answer(response: Response): void;
  fail(): void;
}

let asked: Asked[];
let log: string[];
let goes_on: boolean;
let line: Link | null;

const last = (path: string): Asked => {
  const found = asked.filter((one) => one.path === path).at(-1);
  if (found === undefined) throw new Error(`nothing was asked of ${path}`);
  return found;
};
const numbersIn = ({ body }: Asked): number[] =>
  (body as unknown as FramesRequest).frames.flatMap((one) => (one.type === "submit" ? [one.client_seq] : []));
const settle = () => vi.advanceTimersByTimeAsync(1);

const events: HttpLineEvents = {
  opened: () => {
    log.push("opened");
    line?.send(HELLO);
  },
  progressed: () => undefined,
  received: (received) => {
    const acks = received.type === "frame" ? received.acks.map(({ client_seq }) => ` ack ${client_seq}`).join("") : "";
    log.push(`${received.type}${received.type === "frame" ? ` ${received.from}-${received.to}` : ""}${acks}`);
  },
  closed: (number, ending) => log.push(`closed ${number}${ending ? ` ${ending}` : ""}`),
  goesOn: () => goes_on,
  left: () => log.push("left"),
};

beforeEach(() => {
  vi.useFakeTimers();
  [asked, log, goes_on, line] = [[], [], true, null];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    return new Promise<Response>((answer, reject) => {
      const fail = (): void => reject(new TypeError("no network"));
      init.signal?.addEventListener("abort", fail);
      asked.push({ path, body: JSON.parse(String(init.body)) as Record<string, unknown>, answer, fail });
    });
  });
});
afterEach(() => {
  line?.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("events are taken out of whatever pieces come", () => {
  expect(takeEvents(":   \n\ndata: a\n\ndata: b\n\nda")).toEqual({ rest: "da", data: ["a", "b"] });
  expect(takeEvents("")).toEqual({ rest: "", data: [] });
});

describe("a stream", () => {
  let stream: Stream;
  beforeEach(async () => {
    line = openStream(events);
    await settle();
    stream = new Stream();
    last("/api/stream").answer(stream.response);
    stream.write(":  \n\n");
    stream.say(welcome(5));
    await settle();
  });

  test("TR1: hello is the body, frames are events, however they are cut into pieces", async () => {
    expect(last("/api/stream").body).toEqual(HELLO);
    const text = `data: ${JSON.stringify(frame(5, 6))}\n\n`;
    for (const letter of text) stream.write(letter);
    await settle();
    expect(log).toEqual(["opened", "welcome", "frame 5-6"]);
  });

  test("TR5: an acceptance waits for its effect", async () => {
    line?.send(submit(1));
    await settle();
    const reply = { client_seq: 1, reply: { outcome: "accepted", seq: 7, created: 3 } };
    last("/api/frames").answer(json({ outcomes: [reply], pongs: [] }));
    await settle();
    stream.say(frame(5, 6));
    await settle();
    expect(log.at(-1)).toBe("frame 5-6");
    stream.say(frame(6, 8));
    await settle();
    expect(log.slice(-2)).toEqual(["frame 6-8", "frame 8-8 ack 1"]);
  });

  test("an effect that never comes means that the stream is held back", async () => {
    line?.send(submit(1));
    await settle();
    const reply = { client_seq: 1, reply: { outcome: "accepted", seq: 7, created: null } };
    last("/api/frames").answer(json({ outcomes: [reply], pongs: [] }));
    await vi.advanceTimersByTimeAsync(HELD_BACK_MS + 1);
    expect(log.at(-1)).toBe("closed 1006 held_back");
  });

  test("TR4: commands go up in order, one request at a time, and again when one is lost", async () => {
    for (const number of [1, 2, 3]) line?.send(submit(number));
    await settle();
    const first = last("/api/frames");
    expect(numbersIn(first)).toEqual([1]);
    first.fail();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(numbersIn(last("/api/frames")), "the same number").toEqual([1]);
    const no = { client_seq: 1, reply: { outcome: "rejected", rejection: { code: "not_permitted" } } };
    last("/api/frames").answer(json({ outcomes: [no], pongs: [{ client_time: 1, server_time: 2 }] }));
    await settle();
    expect(log.slice(-2)).toEqual(["pong", "refused"]);
    expect(numbersIn(last("/api/frames"))).toEqual([2, 3]);
  });

  test("a way up that stays broken ends the line", async () => {
    line?.send(submit(1));
    for (let tries = 0; tries < 6; tries += 1) {
      await settle();
      asked.at(-1)?.answer(json({}, 502));
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(log.at(-1)).toBe("closed 1006");
  });

  test("TR7: at the end of its life it goes on from where it is, and the page hears nothing of it", async () => {
    stream.say(frame(5, 6));
    await vi.advanceTimersByTimeAsync(180_000);
    stream.end();
    await settle();
    expect(last("/api/stream").body["resume"]).toEqual({ epoch: 1, seq: 6 });
    expect(asked.filter(({ path }) => path === "/api/stream")).toHaveLength(2);
    expect(log.some((entry) => entry.startsWith("closed"))).toBe(false);
  });

  test("where there is a better way it is left instead", async () => {
    await vi.advanceTimersByTimeAsync(180_000);
    goes_on = false;
    stream.end();
    await settle();
    expect(log.at(-1)).toBe("left");
    expect(asked.filter(({ path }) => path === "/api/stream")).toHaveLength(1);
  });

  test("one that breaks, or ends at once, has failed", async () => {
    stream.break();
    await settle();
    expect(log.at(-1)).toBe("closed 1006");
  });

  test("CL1: the goodbye's number closes it", async () => {
    stream.say(GOODBYE);
    stream.end();
    await settle();
    expect(log.slice(-2)).toEqual(["goodbye", "closed 4504"]);
  });
});

test("a server that is not there is told from a way that is closed", async () => {
  for (const [answer, told] of [
    [json({}, 502), "closed 1006 unreachable"],
    [json({}, 403), "closed 1006"],
  ] as const) {
    line = openStream(events);
    await settle();
    last("/api/stream").answer(answer);
    await settle();
    expect(log.at(-1)).toBe(told);
  }
});

describe("a long poll", () => {
  const reply = (turn: number, ...frames: ServerFrame[]): Response => json({ line: "L", turn, frames });
  beforeEach(async () => {
    line = openPoll(events);
    await settle();
    last("/api/poll").answer(reply(1, welcome(5)));
    await settle();
  });

  test("TR6: goes on from turn to turn", async () => {
    expect(last("/api/poll/next").body).toEqual({ line: "L", turn: 1 });
    last("/api/poll/next").answer(reply(2, frame(5, 6)));
    await settle();
    expect(last("/api/poll/next").body).toEqual({ line: "L", turn: 2 });
    expect(log).toEqual(["opened", "welcome", "frame 5-6"]);
  });

  test("TR6: a line that is not known any more, or a lost answer, is gone on with by a hello", async () => {
    last("/api/poll/next").answer(json({}, 404));
    await settle();
    expect(last("/api/poll").body["resume"]).toEqual({ epoch: 1, seq: 5 });
    last("/api/poll").answer(reply(1, welcome(5), frame(5, 7)));
    await settle();
    last("/api/poll/next").fail();
    await settle();
    expect(last("/api/poll").body["resume"]).toEqual({ epoch: 1, seq: 7 });
    expect(log.some((entry) => entry.startsWith("closed"))).toBe(false);
  });

  test("several losses in a row end it", async () => {
    for (let losses = 0; losses < 3; losses += 1) {
      asked.at(-1)?.fail();
      await settle();
    }
    expect(log.at(-1)).toBe("closed 1006 unreachable");
  });

  test("CL1: the goodbye's number closes it", async () => {
    last("/api/poll/next").answer(reply(2, GOODBYE));
    await settle();
    expect(log.slice(-2)).toEqual(["goodbye", "closed 4504"]);
  });

  test("where there is a better way it is left after an answer", async () => {
    goes_on = false;
    last("/api/poll/next").answer(reply(2, frame(5, 6)));
    await settle();
    expect(log.slice(-2)).toEqual(["frame 5-6", "left"]);
  });
});
