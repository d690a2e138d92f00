// Writes dist/worker.js, the service worker: the template with the list of this build's files and a version made of them.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = process.env["WEB_OUT_DIR"] ?? fileURLToPath(new URL("../dist", import.meta.url));
const template = readFileSync(new URL("./worker-template.js", import.meta.url), "utf8");
const files = readdirSync(join(dist, "assets"))
  .filter((name) => /\.(js|css)$/.test(name))
  .sort()
  .map((name) => `/assets/${name}`);
// The names of the files carry hashes of what is in them; the page itself names those it begins with.
const version = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 16);
writeFileSync(
  join(dist, "worker.js"),
  template.replace('"VERSION"', JSON.stringify(version)).replace('["FILES"]', JSON.stringify(files)),
);
