/*
 * Lighthouse on the participant's page and the page for joining, against a real server: performance, accessibility and best
 * practices must each reach 95. Reports are left in lighthouse/. Needs target/debug/engawa (or the program that ENGAWA names), dist/ and
 * Chromium.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromiumPath, participantLink, startRehearsal, web } from "./rehearsal.mjs";

const VERSION = "12.8.2";
const WANTED = 95;
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const chrome = chromiumPath();
const reports = join(web, "lighthouse");
mkdirSync(reports, { recursive: true });

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

const { shared, end } = await startRehearsal();
try {
  const participant = await participantLink(shared);
  const good = [measure("join", shared), measure("participant", participant)];
  console.log(good.every(Boolean) ? `lighthouse: every score is ${WANTED} or more` : "lighthouse: NOT good enough");
  process.exitCode = good.every(Boolean) ? 0 : 1;
} finally {
  end();
}
