/** The document of the HTTP API is OpenAPI 3.1, judged by the schema of its makers. What it says is judged by the server's tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";

const text = readFileSync(join(import.meta.dirname, "../../../protocol/openapi.json"), "utf8");
const document = () => JSON.parse(text) as Record<string, unknown>;

test("HT60: the document is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  const verdict = await validator.validate(document());
  expect(verdict.errors ?? []).toEqual([]);
  expect(verdict.valid).toBe(true);
  expect(validator.version).toBe("3.1");
});

test("a document that lacks what OpenAPI asks for is refused", async () => {
  const nameless = { ...document(), info: {} };
  expect((await new Validator().validate(nameless)).valid).toBe(false);
});
