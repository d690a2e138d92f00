/** A real server on free loopback ports, with the rehearsal's meeting; can be killed and started again. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TARGET = process.env["CARGO_TARGET_DIR"] ?? join(import.meta.dirname, "../../../target");
const PROGRAM = join(TARGET, "debug/engawa");
/** `npm run build` writes there; so a change of the pages does not ask for another build of the server. */
const PAGES = join(import.meta.dirname, "../../dist");
const START_TIMEOUT_MS = 60_000;
const START_TRIES = 3;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

export interface RehearsalLinks {
  coordinator: string;
  facilitator: string;
  secretariat: string;
  shared: string;
  screen: string;
  code: string;
}

export class Engawa {
  readonly #folder = mkdtempSync(join(tmpdir(), "engawa-browser-"));
  readonly #ports: readonly [number, number];
  #child: ChildProcess | null = null;
  links: RehearsalLinks | null = null;

  private constructor(ports: readonly [number, number]) {
    this.#ports = ports;
  }

  static async start(): Promise<Engawa> {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: build engawa-server first`);
    // A port that was free may be somebody else's a moment later, and a rehearsal gives up when the disk is very slow: many of these
    // are started at once.
    for (let tries = 1; ; tries += 1) {
      const server = new Engawa([await freePort(), await freePort()]);
      try {
        await server.run();
        return server;
      } catch (error) {
        await server.end();
        if (tries === START_TRIES) throw error;
      }
    }
  }

  get address(): string {
    return `http://127.0.0.1:${this.#ports[0]}`;
  }

  /** The operator's key, which the program has made for itself. */
  get adminKey(): string {
    return readFileSync(join(this.#folder, "admin-key"), "utf8").trim();
  }

  /** Starts the program; resolves when it serves. */
  async run(): Promise<void> {
    const [port, internal] = this.#ports;
    const child = spawn(
      PROGRAM,
      [
        "rehearse",
        "--listen",
        `127.0.0.1:${port}`,
        "--internal-listen",
        `127.0.0.1:${internal}`,
        "--data-dir",
        this.#folder,
        "--web-dir",
        PAGES,
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#child = child;
    let text = "";
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no links in time:\n${text}`)), START_TIMEOUT_MS);
      const read = (part: Buffer): void => {
        text += part.toString();
        if (!text.includes("code to read out")) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("exit", (code) => reject(new Error(`the server ended with ${code}:\n${text}`)));
    });
    const link = (whose: string): string => {
      const found = new RegExp(`\\(${whose}[^)]*\\)\\s+(http\\S+)`).exec(text)?.[1];
      if (found === undefined) throw new Error(`no link for ${whose} in:\n${text}`);
      return found;
    };
    this.links = {
      coordinator: link("coordinator"),
      facilitator: link("facilitator"),
      secretariat: link("secretariat"),
      shared: link("participant, shared"),
      screen: link("screen"),
      code: /code to read out\): (\S+)/.exec(text)?.[1] ?? "",
    };
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await fetch(this.address).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the server does not answer");
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    this.#child = null;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
