/** The installed browser, driven without anything of its own: no update, no sync, no other host. */
import { existsSync } from "node:fs";
import { chromium, type Browser, type Dialog } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Nothing blocks a page with a dialog of the browser: not a question, not a warning, not a plea to stay. */
function refuse(dialog: Dialog): void {
  const what = `${dialog.type()}: ${dialog.message()}`;
  void dialog.dismiss();
  // Nobody catches it: the run fails, whichever test it was in.
  throw new Error(`a dialog that nobody asked for (${what})`);
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] ?? CANDIDATES.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("no chromium found; install it or set CHROMIUM to its path");
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.on("dialog", refuse);
    return context;
  };
  return browser;
}
