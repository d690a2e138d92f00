// Writes name.br and name.gz beside every text file of the built client (WEB_OUT_DIR, else dist/), so that the server need not compress anything, and
// keeps the participant's first load within its bound.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Gzip bytes of script that the participant's page may load. */
const FIRST_LOAD_BYTES_MAX = 60_000;
const dist = process.env["WEB_OUT_DIR"] ?? fileURLToPath(new URL("../dist", import.meta.url));

/** @param {string} folder @returns {string[]} */
const files = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });

/** @type {Map<string, number>} */
const gzip_bytes = new Map();
for (const path of files(dist).filter((path) => /\.(html|js|css|svg|json|webmanifest)$/.test(path))) {
  const bytes = readFileSync(path);
  const gzip = gzipSync(bytes, { level: 9 });
  gzip_bytes.set(path, gzip.length);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  if (gzip.length < bytes.length) writeFileSync(`${path}.gz`, gzip);
  if (brotli.length < bytes.length) writeFileSync(`${path}.br`, brotli);
}

/** @type {Record<string, {file: string, name?: string, imports?: string[]}>} */
const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
/** The key of a chunk by its name (vite.config.ts). @param {string} name */
const chunkNamed = (name) => {
  const found = Object.keys(manifest).filter(
    (key) => manifest[key]?.name === name && !manifest[key]?.file.endsWith(".css"),
  );
  if (found.length !== 1) throw new Error(`${found.length} chunks are named ${name}: the first load cannot be told`);
  return found[0] ?? "";
};
/** @param {string} name @param {Set<string>} found */
const withImports = (name, found) => {
  const chunk = manifest[name];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const imported of chunk.imports ?? []) withImports(imported, found);
  return found;
};
const first = withImports(chunkNamed("participant"), withImports(chunkNamed("index"), new Set()));
const total = [...first].reduce((sum, file) => sum + (gzip_bytes.get(join(dist, file)) ?? 0), 0);
rmSync(join(dist, "manifest.json"));
for (const ending of [".gz", ".br"]) rmSync(join(dist, `manifest.json${ending}`), { force: true });
console.log(`participant's first load: ${total} bytes of script (gzip), at most ${FIRST_LOAD_BYTES_MAX}`);
if (first.size < 2 || total > FIRST_LOAD_BYTES_MAX) process.exit(1);
