/** People at their browsers: a window of their own, and the way in that a person takes. */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";

/** How long something may take on a machine that does much else. */
export const SOON_MS = 30_000;

export class People {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** A browser of somebody's own, in a narrow window beside Zoom. */
  async window(width = 320, prepare?: (context: BrowserContext) => Promise<void>): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width, height: 800 }, locale: "ja-JP" });
    this.#contexts.push(context);
    await prepare?.(context);
    const page = await context.newPage();
    page.setDefaultTimeout(SOON_MS);
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
  }
}

/** The line in words stands at the top; the people of a room are "connected", too. */
export const isConnected = (page: Page): Promise<void> =>
  page.locator("header").getByText("つながっています").waitFor();

/** On the page of a shared link: picks the first free name that the words find. */
export async function pickName(page: Page, search: string): Promise<string> {
  await page.getByLabel("名前・自治体・都道府県でさがす").fill(search);
  await page.locator('input[type="radio"]:enabled').first().check();
  const button = page.getByRole("button", { name: "さんとして参加する" });
  const name = ((await button.textContent()) ?? "").trim().replace("さんとして参加する", "");
  await button.click();
  await isConnected(page);
  return name;
}

export const writeNote = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel("付箋を書く").fill(text);
  await page.getByRole("button", { name: "貼る", exact: true }).click();
};

export const noteOf = (on: Page | Locator, text: string) => on.getByRole("article").filter({ hasText: text });
