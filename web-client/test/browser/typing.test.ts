/** What an input method does to one-line fields: the Enter that ends a composition sends no form, in any place. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { viewOf } from "../support/fixture";
import { useHouse } from "../support/judging";

const WAIT_MS = 10_000;
const house = useHouse();

/** Safari's order: the composition has ended, then Enter comes as a key of the input method, and does what Enter does. */
async function endComposition(page: Page, text: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  await devtools.send("Input.insertText", { text });
  const enter = { key: "Enter", code: "Enter", text: "\r", windowsVirtualKeyCode: 229 };
  await devtools.send("Input.dispatchKeyEvent", { type: "keyDown", ...enter });
  await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  await devtools.detach();
}

test("the name of a room is written to its end before Enter saves it", async () => {
  const stage = await house().play(viewOf({ role: "coordinator" }), { width: 1024, height: 800 });
  const { page } = stage;
  await page.getByRole("button", { name: /^設定.*部屋 5$/ }).click();
  const field = page.getByLabel("部屋の名前（なくてもかまいません）");
  await field.focus();
  await endComposition(page, "対話の");
  await endComposition(page, "部屋");
  expect(stage.commands).toEqual([]);
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Enter");
  await expect
    .poll(() => stage.commands.map(({ command }) => command), { timeout: WAIT_MS })
    .toMatchObject([{ type: "rename_room", name: "対話の部屋" }]);
});

test("a code is not sent off while it is written", async () => {
  const { page } = await house().visit("/", { width: 320, height: 640 }, {});
  await page.getByLabel("参加コード").focus();
  await endComposition(page, "　");
  const asked = page.getByText("参加コードを入力してください。", { exact: true });
  expect(await asked.count()).toBe(0);
  await page.keyboard.press("Enter");
  await asked.waitFor();
});
