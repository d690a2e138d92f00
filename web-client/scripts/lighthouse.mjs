/*
 * Lighthouse on the participant's page and the page for joining, against a real server: performance, accessibility and best
 * practices must each reach 95. Reports are left in lighthouse/. Needs target/debug/engawa (or the program that ENGAWA names), dist/ and
 * Chromium.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSION = "12.8.2";
const WANTED = 95;
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const START_TIMEOUT_MS = 60_000;
const web = join(import.meta.dirname, "..");
const target = process.env["CARGO_TARGET_DIR"] ?? join(web, "../target");
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const chrome = process.env["CHROMIUM"] ?? chromium;
if (chrome === undefined) throw new Error("no chromium found; install it or set CHROMIUM to its path");

const folder = mkdtempSync(join(tmpdir(), "engawa-lighthouse-"));
const reports = join(web, "lighthouse");
mkdirSync(reports, { recursive: true });

/**
 * Starts a server with the rehearsal's meeting and gives its shared link.
 * @returns {Promise<{ child: import("node:child_process").ChildProcess, shared: string }>}
 */
function start() {
  const listen = ["--listen", "127.0.0.1:0", "--internal-listen", "127.0.0.1:0"];
  const folders = ["--data-dir", folder, "--web-dir", join(web, "dist")];
  const child = spawn(process.env["ENGAWA"] ?? join(target, "debug/engawa"), ["rehearse", ...listen, ...folders]);
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`no links in time:\n${text}`)), START_TIMEOUT_MS);
    const read = (/** @type {Buffer} */ part) => {
      text += part;
      const shared = /\(participant, shared[^)]*\)\s+(http\S+)/.exec(text)?.[1];
      if (shared === undefined || !text.includes("code to read out")) return;
      clearTimeout(timer);
      resolve({ child, shared });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
  });
}

/**
 * Joins as the first participant who is free; gives the address of the personal link.
 * @param {string} shared
 */
async function participantLink(shared) {
  const { origin, hash } = new URL(shared);
  const post = async (/** @type {string} */ path, /** @type {string} */ token, /** @type {unknown} */ body) => {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
    const answer = await fetch(origin + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { token, people } = await post("/api/join/options", hash.slice(1), {});
  const { person } = people.find((/** @type {{ taken: boolean }} */ { taken }) => !taken);
  const request = { device: crypto.randomUUID(), client_seq: 1, join: { by: "listed", person } };
  const joined = await post("/api/join", token, request);
  return `${origin}/j#${joined.token}`;
}

/**
 * Measures a page, tells what costs points, and says whether it is good enough.
 * @param {string} name
 * @param {string} address
 */
function measure(name, address) {
  const report = join(reports, name);
  const run = spawnSync(
    "npx",
    [
      "--yes",
      `lighthouse@${VERSION}`,
      address,
      "--quiet",
      "--locale=ja",
      `--only-categories=${CATEGORIES.join(",")}`,
      "--output=json",
      "--output=html",
      `--output-path=${report}`,
      "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ],
    { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, CHROME_PATH: chrome } },
  );
  if (run.status !== 0) throw new Error(`lighthouse ended with ${run.status} on the ${name} page`);
  const { categories, audits } = JSON.parse(readFileSync(`${report}.report.json`, "utf8"));
  const scores = CATEGORIES.map((category) => Math.round(categories[category].score * 100));
  console.log(`${name}: ${CATEGORIES.map((category, index) => `${category} ${scores[index]}`).join(", ")}`);
  for (const category of CATEGORIES) {
    for (const { id, weight } of categories[category].auditRefs) {
      const { score, title, displayValue } = audits[id];
      if (weight > 0 && score !== null && score < 0.9) console.log(`  ${score} ${id}: ${title} ${displayValue ?? ""}`);
    }
  }
  return scores.every((score) => score >= WANTED);
}

const { child, shared } = await start();
try {
  const participant = await participantLink(shared);
  const good = [measure("join", shared), measure("participant", participant)];
  console.log(good.every(Boolean) ? `lighthouse: every score is ${WANTED} or more` : "lighthouse: NOT good enough");
  process.exitCode = good.every(Boolean) ? 0 : 1;
} finally {
  child.kill();
  rmSync(folder, { recursive: true, force: true });
}
