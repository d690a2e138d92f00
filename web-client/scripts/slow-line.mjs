/*
 * How long a slow line takes until somebody can do something: choose a name on the joining page, write on a board as a
 * participant in a room; the first time, and again with what the browser kept. The line is a relay between browser and server: every
 * byte of pages, requests and WebSocket goes through one queue of the line's speed in each direction and takes half a
 * round trip, and a connection costs a round trip before its first byte. (No TCP slow start, no TLS.)
 *
 * `npm run slow-line`; RUNS for the number of runs (5). Needs dist/, a server (ENGAWA, else target/debug/engawa) and Chromium.
 */
import { connect, createServer } from "node:net";
import { chromium } from "playwright-core";
import { chromiumPath, participantLink, startRehearsal } from "./rehearsal.mjs";

/** @typedef {{ name: string, down_bits_s: number, up_bits_s: number, round_trip_ms: number }} Line */
/** @type {readonly Line[]} */
const LINES = [
  // A share of an office's line.
  { name: "10 Mbit/s, 40 ms", down_bits_s: 10_000_000, up_bits_s: 5_000_000, round_trip_ms: 40 },
  // The slow 4G of Lighthouse and WebPageTest.
  { name: "1.6 Mbit/s, 150 ms", down_bits_s: 1_638_400, up_bits_s: 768_000, round_trip_ms: 150 },
  { name: "400 kbit/s, 400 ms", down_bits_s: 400_000, up_bits_s: 400_000, round_trip_ms: 400 },
];
const RUNS = Number(process.env["RUNS"] ?? 5);
/** What lies on the line at once; pieces of several connections take turns. */
const PIECE_BYTES = 1_460;
const TIMEOUT_MS = 120_000;

/**
 * One direction of a line: gives pieces on in order, as fast as the line is.
 * @param {number} bits_s
 * @param {number} delay_ms
 */
function direction(bits_s, delay_ms) {
  let free_at_ms = 0;
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    /** @param {Buffer} data @param {import("node:net").Socket} to @param {number} [not_before_ms] */
    carry(data, to, not_before_ms = 0) {
      bytes += data.length;
      for (let start = 0; start < data.length; start += PIECE_BYTES) {
        const piece = data.subarray(start, start + PIECE_BYTES);
        free_at_ms = Math.max(performance.now(), not_before_ms, free_at_ms) + (piece.length * 8_000) / bits_s;
        setTimeout(() => to.writable && to.write(piece), free_at_ms + delay_ms - performance.now());
      }
    },
    /** Ends a connection behind all that is on its way. @param {import("node:net").Socket} to */
    end(to) {
      setTimeout(() => to.end(), Math.max(0, free_at_ms - performance.now()) + delay_ms + 1);
    },
  };
}

/**
 * A relay to a server that is as slow as a line.
 * @param {string} origin
 * @param {Line} line
 */
async function relay(origin, { down_bits_s, up_bits_s, round_trip_ms }) {
  const { hostname, port } = new URL(origin);
  const down = direction(down_bits_s, round_trip_ms / 2);
  const up = direction(up_bits_s, round_trip_ms / 2);
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    // Asking for a connection and being given it.
    const connected_at_ms = performance.now() + round_trip_ms;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.once("close", () => sockets.delete(socket));
    }
    near.on("data", (data) => up.carry(data, far, connected_at_ms));
    far.on("data", (data) => down.carry(data, near));
    near.on("end", () => up.end(far));
    far.on("end", () => down.end(near));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    bytes: () => down.bytes,
    end() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** What can be used first on each page. */
const USABLE = {
  joining: 'fieldset input[type="radio"]:enabled',
  participant: ".composer textarea:enabled",
};

/**
 * Opens a page and gives the milliseconds until its first means of doing something stands on the screen, found at every frame.
 * @param {import("playwright-core").BrowserContext} context
 * @param {string} address
 * @param {keyof typeof USABLE} what
 */
async function usableAfter(context, address, what) {
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.addInitScript((selector) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (found !== null && found.getBoundingClientRect().height > 0) {
        Object.assign(window, { usable_at_ms: performance.now() });
      } else requestAnimationFrame(look);
    };
    look();
  }, USABLE[what]);
  await page.goto(address);
  const found = await page.waitForFunction(() => Reflect.get(window, "usable_at_ms"), null, { timeout: TIMEOUT_MS });
  const after_ms = Number(await found.jsonValue());
  // It is no picture of a page: it does what it is for.
  const first = page.locator(USABLE[what]).first();
  if (what === "joining") {
    await first.check();
    await page.getByRole("button", { name: "さんとして参加する" }).click({ trial: true });
  } else {
    await first.pressSequentially("あ");
    await page.getByRole("button", { name: "貼る", exact: true }).click({ trial: true });
  }
  await page.close();
  return after_ms;
}

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} link
 * @param {Line} line
 * @param {keyof typeof USABLE} what
 */
async function measure(browser, link, line, what) {
  /** @type {{ first: number[], again: number[], bytes: number[] }} */
  const seen = { first: [], again: [], bytes: [] };
  const { origin } = new URL(link);
  for (let run = 0; run < RUNS; run += 1) {
    const slow = await relay(origin, line);
    const context = await browser.newContext({ viewport: { width: 412, height: 823 }, locale: "ja-JP" });
    const address = link.replace(origin, slow.origin);
    try {
      seen.first.push(await usableAfter(context, address, what));
      seen.bytes.push(slow.bytes());
      seen.again.push(await usableAfter(context, address, what));
    } finally {
      await context.close();
      slow.end();
    }
  }
  const row = (/** @type {number[]} */ values) =>
    `${Math.round(median(values))} ms (${values
      .map(Math.round)
      .sort((a, b) => a - b)
      .join(", ")})`;
  console.log(
    `${line.name}, ${what}: first ${row(seen.first)}; again ${row(seen.again)}; ${median(seen.bytes)} bytes the first time`,
  );
}

const { shared, coordinator, end } = await startRehearsal();
const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox", "--disable-gpu"] });
try {
  const participant = await participantLink(shared);
  // A round is open, so that the participant has a room with a board to write on.
  const desk = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "ja-JP" });
  await desk.goto(coordinator);
  await desk.getByRole("button", { name: /^開く.*対話1/ }).click();
  await desk.getByRole("timer").first().waitFor({ timeout: TIMEOUT_MS });
  await desk.close();
  for (const line of LINES) {
    await measure(browser, shared, line, "joining");
    await measure(browser, participant, line, "participant");
  }
} finally {
  await browser.close();
  end();
}
