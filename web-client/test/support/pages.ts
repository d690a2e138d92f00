/** The built pages on a free port, sent as the real server sends them: with its policy, and to be kept by the browser. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import type { ZoomReport } from "../../src/protocol/protocol";
import { PARTICIPANTS, TEAMS } from "./fixture";

const DIST = join(import.meta.dirname, "../../dist");
/** What the real server sends with every page. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; " +
  "font-src 'self'; connect-src 'self' ws:; object-src 'none'; base-uri 'none'; form-action 'self'";
const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const PAGE = "text/html; charset=utf-8";

/** Where there is nothing: for what is done in a browser between two pages. */
export const EMPTY_PATH = "/empty";

/** What stands for the picture of any poster. */
const POSTER =
  '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1131"><rect width="1600" height="1131" fill="#e8f1fe"/>' +
  '<rect x="80" y="80" width="1440" height="200" fill="#0017c1"/><circle cx="480" cy="680" r="260" fill="#197a4b"/></svg>';
/** What Zoom's file of any round would hold; some have no address. */
const ZOOM: ZoomReport = {
  rooms: 49,
  people: 280,
  without_email: PARTICIPANTS.slice(0, 11).map(({ name, team }, index) => ({
    room: index + 1,
    name,
    team: TEAMS[(team ?? 1) - 1]?.name ?? "",
  })),
  problems: [],
};
const WAY_IN = JSON.stringify({
  short_code: "85KR-67MX",
  link: "https://engawa.example.jp/j#AQED".padEnd(110, "x"),
});

interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
  kept?: boolean;
}

/** Answers for a path; what no scene has asked of the server is not there. */
function answerTo(path: string): Answer {
  if (path === EMPTY_PATH) return { status: 200, type: PAGE, body: "<!doctype html><title>-</title>" };
  if (path === "/api/way-in") return { status: 200, type: "application/json", body: WAY_IN };
  if (/^\/api\/meetings\/.*\/posters\//.test(path)) return { status: 200, type: "image/svg+xml", body: POSTER };
  if (/^\/api\/rounds\/\d+\/zoom$/.test(path)) {
    return { status: 200, type: "application/json", body: JSON.stringify(ZOOM) };
  }
  if (path.startsWith("/api/")) return { status: 404, type: "application/json", body: "{}" };
  const type = TYPES[extname(path)];
  if (type === undefined) return { status: 200, type: PAGE, body: readFileSync(join(DIST, "index.html")) };
  return { status: 200, type, body: readFileSync(join(DIST, path)), kept: path.startsWith("/assets/") };
}

export async function servePages(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const { status, type, body, kept } = answerTo(pathname);
    response.writeHead(status, {
      "Content-Type": type,
      "Content-Security-Policy": POLICY,
      "Cache-Control": kept ? "public, max-age=31536000, immutable" : "no-cache",
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return { server, address: `http://127.0.0.1:${port}` };
}
