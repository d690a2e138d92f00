import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Where `npm run dev` finds a running server.
const server = process.env["ENGAWA_SERVER"] ?? "http://127.0.0.1:8787";

/** The browser tests that take longest begin first, so that no worker is left alone with one of them at the end. */
const SLOW_FIRST = [
  "screens",
  "screens-staff",
  "hands",
  "sleep",
  "participant",
  "hostile-texts",
  "console",
  "stage",
  "room",
  "meeting",
  "preparation-keyboard",
];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = SLOW_FIRST.findIndex((name) => moduleId.endsWith(`/browser/${name}.test.ts`));
      return at < 0 ? SLOW_FIRST.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  plugins: [svelte()],
  build: {
    // The server's build script names a folder of its own.
    outDir: process.env["WEB_OUT_DIR"] ?? "dist",
    emptyOutDir: true,
    target: "es2022",
    // Nothing may be inlined as a data address: the server's content policy loads files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Read by scripts/compress.mjs to add up what a page loads.
    manifest: "manifest.json",
    rolldownOptions: {
      output: {
        codeSplitting: {
          // A page's first view is one file beside the entry: every file costs a slow computer a task and a slow line a turn.
          groups: [
            {
              name: "index",
              test: /rolldown[\\/]runtime|src[\\/](main\.ts|api[\\/]http\.ts|text[\\/](ime|graphemes)\.ts|parts[\\/](LanguageSwitch\.svelte|ahead\.ts))/,
              priority: 3,
            },
            { name: "participant", test: /screens[\\/]participant[\\/]Participant\.svelte/, priority: 2 },
            { name: "join", test: /screens[\\/]join[\\/](JoinPage|NameWriter)\.svelte/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: server, ws: true }, "/ws": { target: server, ws: true } } },
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/unit/**/*.test.ts"], environment: "happy-dom" },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          environment: "node",
          // Each file has a server and a browser of its own; two at a time are what a computer with two cores carries.
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: "hostile", include: ["test/hostile/**/*.test.ts"], environment: "node", hookTimeout: 120_000 },
      },
    ],
  },
});
