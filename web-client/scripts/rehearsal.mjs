/*
 * A server with the rehearsal's meeting for the scripts that measure. Needs target/debug/engawa (or the program that ENGAWA names),
 * dist/ and Chromium.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_TIMEOUT_MS = 60_000;
export const web = join(import.meta.dirname, "..");
const target = process.env["CARGO_TARGET_DIR"] ?? join(web, "../target");

/** The installed browser. */
export function chromiumPath() {
  const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  const chrome = process.env["CHROMIUM"] ?? installed;
  if (chrome === undefined) throw new Error("no chromium found; install it or set CHROMIUM to its path");
  return chrome;
}

/**
 * Starts the server and gives its links.
 * @returns {Promise<{ shared: string, coordinator: string, end: () => void }>}
 */
export function startRehearsal() {
  const folder = mkdtempSync(join(tmpdir(), "engawa-measured-"));
  const listen = ["--listen", "127.0.0.1:0", "--internal-listen", "127.0.0.1:0"];
  const folders = ["--data-dir", folder, "--web-dir", join(web, "dist")];
  const child = spawn(process.env["ENGAWA"] ?? join(target, "debug/engawa"), ["rehearse", ...listen, ...folders]);
  const end = () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => {
      end();
      reject(new Error(`no links in time:\n${text}`));
    }, START_TIMEOUT_MS);
    const read = (/** @type {Buffer} */ part) => {
      text += part;
      const link = (/** @type {string} */ whose) => new RegExp(`\\(${whose}[^)]*\\)\\s+(http\\S+)`).exec(text)?.[1];
      const shared = link("participant, shared");
      const coordinator = link("coordinator");
      if (shared === undefined || coordinator === undefined || !text.includes("code to read out")) return;
      clearTimeout(timer);
      resolve({ shared, coordinator, end });
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
export async function participantLink(shared) {
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
