/** When a page has everything that it asked for, and has drawn it. */
import type { Page, Request } from "playwright-core";

/** Rounds of two frames in which nothing may be asked for. */
const QUIET_ROUNDS = 2;
const ROUNDS_MAX = 400;

export class Traffic {
  readonly #page: Page;
  readonly #open = new Set<Request>();
  /** Requests that a test never answers. */
  left_open: RegExp | null = null;

  constructor(page: Page) {
    this.#page = page;
    page.on("request", (request) => {
      if (!this.left_open?.test(request.url())) this.#open.add(request);
    });
    page.on("requestfinished", (request) => this.#open.delete(request));
    page.on("requestfailed", (request) => this.#open.delete(request));
  }

  async settled(): Promise<void> {
    let quiet = 0;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      await this.#page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
      quiet = this.#open.size === 0 ? quiet + 1 : 0;
      if (quiet >= QUIET_ROUNDS) return;
    }
    throw new Error(`still asked for: ${[...this.#open].map((request) => request.url()).join(", ")}`);
  }
}
