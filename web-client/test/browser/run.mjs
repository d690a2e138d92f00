// Runs the browser tests (or, with --screenshots, takes pictures of every screen; with --hostile, goes through hostile
// proxies, which takes minutes) and says in the last line how they went.
import { startVitest } from "vitest/node";

if (process.argv.includes("--screenshots")) process.env["SCREENSHOTS"] = "1";
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
if (process.env["SCREENSHOTS"]) filters.push("screens");
const project = process.argv.includes("--hostile") ? "hostile" : "browser";
const vitest = await startVitest("test", filters, { project: [project], watch: false, run: true });
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const passed = tests.filter((test) => test.result().state === "passed").length;
const failed = tests.filter((test) => test.result().state === "failed").length;
const modules_failed = vitest.state.getTestModules().filter((module) => module.state() === "failed").length;
await vitest.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || modules_failed > 0 || passed === 0 ? 1 : 0);
