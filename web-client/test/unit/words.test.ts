import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { language } from "../../src/i18n/language.svelte";
import { rejectionSentence } from "../../src/i18n/rejections";
import { reasons } from "../../src/i18n/reasons";
import { may, ROLES_BY_COMMAND } from "../../src/meeting/permissions";
import type { Command, Rejection, Role } from "../../src/protocol/protocol";

const PROTOCOL = join(import.meta.dirname, "../../../protocol");
const rejections = JSON.parse(readFileSync(join(PROTOCOL, "tests/examples/rejections.json"), "utf8")) as Rejection[];

describe("sentences", () => {
  test.each(["ja", "en"] as const)("every no and every close has one in %s", (which) => {
    language.choose(which);
    const sentences = [...rejections.map(rejectionSentence), ...Object.values(reasons())];
    for (const sentence of sentences) {
      expect(sentence).toMatch(which === "ja" ? /。$/ : /\.$/);
      expect(sentence).not.toMatch(/undefined|\[object/);
    }
  });

  test("a no that this page does not know has one as well", () => {
    expect(rejectionSentence({ code: "too_green" } as unknown as Rejection)).not.toBe("");
  });
});

test("no Japanese and no full-width mark stands in a page outside its words", () => {
  const src = join(import.meta.dirname, "../../src");
  const pages = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".svelte"));
  expect(pages.length).toBeGreaterThan(50);
  const found = pages.flatMap((name) => {
    const shown = readFileSync(join(src, name), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|<!--[\s\S]*?-->/gm, "");
    return (/.*[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef].*/.exec(shown) ?? []).map((line) => `${name}: ${line}`);
  });
  expect(found).toEqual([]);
});

describe("what a role may ask for", () => {
  const spec = readFileSync(join(PROTOCOL, "SPEC.md"), "utf8");
  const table = /<!-- roles:[^>]*-->\n([\s\S]*?)<!-- end of roles -->/.exec(spec)?.[1]?.trim() ?? "";
  const COLUMNS: Role[] = ["coordinator", "facilitator", "secretariat", "participant", "observer"];

  // The domain's tests write the table into the SPEC.
  test.runIf(table !== "")("is what the SPEC says", () => {
    const lines = table.split("\n").filter((line) => line.startsWith("| `"));
    expect(lines).toHaveLength(Object.keys(ROLES_BY_COMMAND).length);
    const rows = lines.map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
    const said = Object.fromEntries(
      rows.map(([name = "", ...cells]) => [
        name.replaceAll("`", ""),
        COLUMNS.filter((_, index) => (cells[index] ?? "") !== ""),
      ]),
    );
    const ours = Object.fromEntries(
      Object.entries(ROLES_BY_COMMAND).map(([name, roles]) => [name, COLUMNS.filter((role) => roles.includes(role))]),
    );
    for (const [command, roles] of Object.entries(said)) expect(ours[command], command).toEqual(roles);
  });

  test("a screen asks for nothing", () => {
    for (const command of Object.keys(ROLES_BY_COMMAND)) expect(may("screen", command as Command["type"])).toBe(false);
  });
});
