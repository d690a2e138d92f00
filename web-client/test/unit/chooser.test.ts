/** The chooser with lines that do what a proxy makes of them. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryStore } from "../../src/connection/storage";
import {
  BELIEVED_MS,
  Chooser,
  RETRY_UP_MS,
  STEP_MS,
  TRANSPORTS,
  YOUNG_DEATHS,
  YOUNG_MS,
  type Transport,
} from "../../src/link/chooser";
import type { HttpLineEvents } from "../../src/link/http-line";
import { ABNORMAL, type Ending, type LinkEvents } from "../../src/link/link";
import type { ServerFrame } from "../../src/protocol/protocol";

const WELCOME = { type: "welcome", heartbeat_ms: 20_000 } as ServerFrame;
const PONG: ServerFrame = { type: "pong", client_time: null, server_time: 1 };

interface Opened {
  transport: Transport;
  events: LinkEvents & Partial<HttpLineEvents>;
  closed: boolean;
}

/** A browser whose lines are moved by hand. */
class Browser {
  readonly opened: Opened[] = [];
  readonly store = new MemoryStore();
  readonly log: string[] = [];
  readonly probes: Record<"socket" | "stream", boolean> = { socket: false, stream: false };
  probed = 0;
  chooser = this.#chooser();

  #chooser(): Chooser {
    const open = (transport: Transport) => (events: LinkEvents) => {
      const line: Opened = { transport, events, closed: false };
      this.opened.push(line);
      return { send: () => this.log.push(`${transport} sends`), close: () => (line.closed = true) };
    };
    const probe = (which: "socket" | "stream") => () => {
      this.probed += 1;
      return Promise.resolve(this.probes[which]);
    };
    return new Chooser({
      openWebSocket: open("websocket"),
      load: () =>
        Promise.resolve({
          openStream: open("stream"),
          openPoll: open("poll"),
          probeSocket: probe("socket"),
          probeStream: probe("stream"),
        }),
      store: this.store,
    });
  }

  reload(): void {
    this.chooser = this.#chooser();
  }

  open() {
    return this.chooser.open({
      opened: () => this.log.push("opened"),
      progressed: () => undefined,
      received: ({ type }) => this.log.push(type),
      closed: (number: number, ending?: Ending) => this.log.push(`closed ${number}${ending ? ` ${ending}` : ""}`),
    });
  }

  get line(): Opened {
    const last = this.opened.at(-1);
    if (last === undefined) throw new Error("nothing was opened");
    return last;
  }

  get ways(): Transport[] {
    return this.opened.map(({ transport }) => transport);
  }

  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }
}

let browser: Browser;
beforeEach(() => {
  vi.useFakeTimers();
  browser = new Browser();
});
afterEach(() => {
  vi.useRealTimers();
});

async function welcome(): Promise<void> {
  browser.line.events.opened();
  browser.line.events.received(WELCOME);
  await browser.pass(0);
}

test("a WebSocket that works is used and nothing else is tried", async () => {
  browser.open();
  await welcome();
  await browser.pass(60_000);
  expect(browser.ways).toEqual(["websocket"]);
  expect(browser.log).toEqual(["opened", "welcome"]);
});

test("an upgrade that is swallowed is given up after its time, and the page greets again", async () => {
  const link = browser.open();
  await browser.pass(STEP_MS - 1);
  expect(browser.ways).toEqual(["websocket"]);
  await browser.pass(1);
  expect(browser.ways).toEqual(["websocket", "stream"]);
  expect(browser.opened[0]?.closed, "the swallowed one is dropped").toBe(true);
  await welcome();
  link.send(PONG as never);
  expect(browser.log).toEqual(["opened", "welcome", "stream sends"]);
});

test("an upgrade that is refused costs no time", async () => {
  browser.open();
  browser.line.events.closed(ABNORMAL);
  await browser.pass(0);
  expect(browser.ways).toEqual(["websocket", "stream"]);
});

test("a stream that shows nothing is given up for the long poll, a long one that comes slowly is not", async () => {
  browser.open();
  browser.line.events.closed(ABNORMAL);
  await browser.pass(0);
  browser.line.events.opened();
  for (let part = 0; part < 5; part += 1) {
    await browser.pass(STEP_MS - 1);
    browser.line.events.progressed();
  }
  expect(browser.line.transport, "a view on a weak line").toBe("stream");
  await browser.pass(STEP_MS);
  expect(browser.line.transport).toBe("poll");
  expect(browser.log).not.toContain("closed 1006");
});

test("without any server the page is told, and nothing is learnt", async () => {
  browser.open();
  browser.line.events.closed(ABNORMAL);
  await browser.pass(0);
  browser.line.events.closed(ABNORMAL, "unreachable");
  await browser.pass(0);
  expect(browser.log).toEqual(["closed 1006 unreachable"]);
  expect(browser.chooser.transport).toBe("websocket");
});

test("when the last way fails too, the line has failed", async () => {
  browser.open();
  await browser.pass(STEP_MS);
  await browser.pass(STEP_MS);
  await browser.pass(12_000);
  expect(browser.ways).toEqual(TRANSPORTS);
  expect(browser.log).toEqual(["closed 1006"]);
});

test("what the server says is no fault of the way", async () => {
  for (const number of [1012, 4000, 4504]) {
    browser.open();
    browser.line.events.opened();
    browser.line.events.closed(number);
  }
  expect(browser.ways).toEqual(["websocket", "websocket", "websocket"]);
  expect(browser.log.filter((line) => line.startsWith("closed"))).toEqual([
    "closed 1012",
    "closed 4000",
    "closed 4504",
  ]);
});

describe("what worked", () => {
  beforeEach(async () => {
    browser.open();
    await browser.pass(STEP_MS);
    await welcome();
  });

  test("is remembered over a reload", () => {
    browser.reload();
    expect(browser.chooser.transport).toBe("stream");
  });

  test("is not believed for ever", async () => {
    await browser.pass(BELIEVED_MS + 1);
    browser.reload();
    expect(browser.chooser.transport).toBe("websocket");
  });

  test("is not the end: a better way is tried beside it, and taken when the line is renewed", async () => {
    await browser.pass(RETRY_UP_MS - STEP_MS - 1);
    browser.line.events.received(PONG);
    expect(browser.probed, "not yet").toBe(0);
    browser.probes.socket = true;
    await browser.pass(STEP_MS + 1);
    const stream = browser.line;
    stream.events.received(PONG);
    await browser.pass(0);
    expect(browser.probed).toBe(1);
    expect(browser.ways, "the line is left alone").toEqual(["websocket", "stream"]);
    expect(stream.events.goesOn?.()).toBe(false);
    stream.events.left?.();
    expect(browser.line.transport).toBe("websocket");
    await welcome();
    expect(browser.log.filter((line) => line.startsWith("closed"))).toEqual([]);
  });

  test("a better way that still fails is left alone for longer", async () => {
    await browser.pass(RETRY_UP_MS);
    browser.line.events.received(PONG);
    await browser.pass(0);
    expect(browser.probed).toBe(1);
    await browser.pass(RETRY_UP_MS);
    browser.line.events.received(PONG);
    await browser.pass(0);
    expect(browser.probed).toBe(1);
    expect(browser.line.events.goesOn?.()).toBe(true);
    await browser.pass(RETRY_UP_MS);
    browser.line.events.received(PONG);
    await browser.pass(0);
    expect(browser.probed).toBe(2);
  });
});

describe("a line that keeps dying young", () => {
  async function live(ms: number): Promise<void> {
    browser.open();
    await browser.pass(0);
    await welcome();
    await browser.pass(ms);
    browser.line.events.closed(ABNORMAL);
  }

  test("is given up for the next way", async () => {
    for (let death = 0; death < YOUNG_DEATHS; death += 1) await live(1_000);
    expect(browser.chooser.transport).toBe("stream");
    for (let death = 0; death < YOUNG_DEATHS; death += 1) await live(1_000);
    expect(browser.chooser.transport).toBe("poll");
    for (let death = 0; death < YOUNG_DEATHS; death += 1) await live(1_000);
    expect(browser.chooser.transport, "there is nothing below").toBe("poll");
  });

  test("is not one that lived well in between", async () => {
    for (let death = 1; death < YOUNG_DEATHS; death += 1) await live(1_000);
    await live(YOUNG_MS);
    for (let death = 1; death < YOUNG_DEATHS; death += 1) await live(1_000);
    expect(browser.chooser.transport).toBe("websocket");
  });

  test("a stream that is held back is left at once", async () => {
    browser.open();
    browser.line.events.closed(ABNORMAL);
    await browser.pass(0);
    await welcome();
    browser.line.events.closed(ABNORMAL, "held_back");
    expect(browser.chooser.transport).toBe("poll");
  });
});

test("a line that has been closed says nothing more", async () => {
  const link = browser.open();
  const { events } = browser.line;
  link.close();
  events.opened();
  events.received(WELCOME);
  events.closed(ABNORMAL);
  await browser.pass(60_000);
  expect(browser.log).toEqual([]);
  expect(browser.ways).toEqual(["websocket"]);
});
