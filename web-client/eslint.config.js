import svelte from "eslint-plugin-svelte";
import globals from "globals";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default defineConfig(
  { ignores: ["dist", "screenshots", "lighthouse", "src/protocol"] },
  ts.configs.strict,
  svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      "no-restricted-globals": ["error", "alert", "confirm", "prompt"],
      "no-console": "error",
      eqeqeq: ["error", "always"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-dynamic-delete": "off",
      "svelte/no-at-html-tags": "error",
      // Sets and maps are replaced, never changed: state here is `$state.raw`.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  { files: ["scripts/worker-template.js"], languageOptions: { globals: globals.serviceworker } },
  { files: ["test/**", "scripts/**"], rules: { "no-console": "off" } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
);
