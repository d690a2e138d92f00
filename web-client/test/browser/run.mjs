// Runs the browser tests (or, with --screenshots, takes pictures of every screen; with --hostile, goes through hostile
// proxies, which takes minutes) and says in the last line how they went. File names and `-t <name of a test>` choose some.
import { startVitest } from "vitest/node";

const words = process.argv.slice(2);
const named = words.indexOf("-t");
const [, testNamePattern] = named < 0 ? [] : words.splice(named, 2);
if (words.includes("--screenshots")) process.env["SCREENSHOTS"] = "1";
const filters = words.filter((argument) => !argument.startsWith("--"));
if (process.env["SCREENSHOTS"]) filters.push("screens");
const project = words.includes("--hostile") ? "hostile" : "browser";
const vitest = await startVitest("test", filters, { project: [project], watch: false, run: true, testNamePattern });
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const passed = tests.filter((test) => test.result().state === "passed").length;
const failed = tests.filter((test) => test.result().state === "failed").length;
const modules_failed = vitest.state.getTestModules().filter((module) => module.state() === "failed").length;
// Thrown where no test was waiting: a dialog that nobody asked for, say.
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || modules_failed > 0 || unhandled > 0 || passed === 0 ? 1 : 0);
