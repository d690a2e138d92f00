/**
 * A browser window that goes from scene to scene. A new one for each would take longer to open than everything that is looked at
 * in it: here the browser keeps its process, its fonts and the scripts that it has read. What a scene has left behind is removed.
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { MeetingView } from "../../src/protocol/protocol";
import { EMPTY_PATH } from "./pages";
import { Stage } from "./stage";
import { Traffic } from "./traffic";

export interface WindowSize {
  width: number;
  height: number;
}

/** What a browser keeps for the pages, by name: for good, and for one tab. */
export interface Kept {
  shelf?: Record<string, string>;
  pocket?: Record<string, string>;
}

/** A page that was opened, and what it has complained of. */
export interface Visit {
  page: Page;
  traffic: Traffic;
  errors: string[];
}

export class House {
  readonly #page: Page;
  readonly #address: string;
  readonly #traffic: Traffic;
  #errors: string[] = [];
  #stage: Stage | null = null;

  private constructor(page: Page, address: string) {
    this.#page = page;
    this.#address = address;
    this.#traffic = new Traffic(page);
    page.on("pageerror", (error) => this.#errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.#errors.push(`${message.text()} ${message.location().url}`);
    });
  }

  /** `address`: where the pages are served. */
  static async open(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<House> {
    // A service worker would answer for the pages of the next scene.
    const context = await browser.newContext({ locale: "ja-JP", serviceWorkers: "block", ...options });
    const house = new House(await context.newPage(), address);
    await house.#page.routeWebSocket(/\/ws$/, (socket) => house.#stage?.connect(socket));
    return house;
  }

  /** Empties the window and opens the screen of whoever sees this view; resolves when it is connected. */
  async play(view: MeetingView, size: WindowSize): Promise<Stage> {
    await this.#empty(size, {});
    this.#stage = new Stage(this.#page, this.#traffic, this.#errors, view);
    await this.#page.goto(`${this.#address}/j#TOKEN`);
    await this.#page.getByText("つながっています").first().waitFor();
    return this.#stage;
  }

  /** Empties the window and opens a page whose server is `routes`. */
  async visit(
    path: string,
    size: WindowSize,
    { kept = {}, routes, left_open }: { kept?: Kept; routes?: (page: Page) => Promise<unknown>; left_open?: RegExp },
  ): Promise<Visit> {
    await this.#empty(size, kept);
    this.#traffic.left_open = left_open ?? null;
    await routes?.(this.#page);
    await this.#page.goto(this.#address + path);
    return { page: this.#page, traffic: this.#traffic, errors: this.#errors };
  }

  async #empty(size: WindowSize, kept: Kept): Promise<void> {
    const page = this.#page;
    this.#stage = null;
    this.#traffic.left_open = null;
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.goto(this.#address + EMPTY_PATH);
    await page.evaluate(({ shelf, pocket }: Kept) => {
      for (const [storage, values] of [
        [localStorage, shelf],
        [sessionStorage, pocket],
      ] as const) {
        storage.clear();
        for (const [name, value] of Object.entries(values ?? {})) storage.setItem(name, value);
      }
    }, kept);
    await page.setViewportSize(size);
    this.#errors = [];
  }

  async close(): Promise<void> {
    await this.#page.context().close();
  }
}
