/** Accessibility of a page as it stands, by axe. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe_source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  /** Selectors that lead to it, through every frame and shadow root on the way. */
  target: (string | string[])[];
  html: string;
  failureSummary?: string;
}
interface Violation {
  id: string;
  nodes: Finding[];
}
interface Axe {
  run(context: unknown, options: unknown): Promise<{ violations: Violation[] }>;
}

/**
 * Violations in words; none on a good page. The size of targets (WCAG 2.5.8) is off in axe unless asked for. What has scrolled
 * under a part that sticks to the edge is no small target: each of those is looked at again in the middle of the page.
 */
export async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe_source);
  const violations = await page.evaluate(async () => {
    const SIZE = "target-size";
    const { axe } = window as unknown as { axe: Axe };
    // What passes is only counted: to describe it would take longer than to find it.
    const { violations: all } = await axe.run(document, {
      rules: { [SIZE]: { enabled: true } },
      resultTypes: ["violations"],
    });
    const found = all.filter(({ id }) => id !== SIZE);
    const small = all.filter(({ id }) => id === SIZE).flatMap(({ nodes }) => nodes);
    const { scrollX, scrollY } = window;
    for (const finding of small) {
      const selector = finding.target.join();
      document.querySelector(selector)?.scrollIntoView({ block: "center", behavior: "instant" });
      const again = await axe.run({ include: [finding.target] }, { runOnly: { type: "rule", values: [SIZE] } });
      found.push(...again.violations);
    }
    window.scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
    return found;
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary ?? ""}`);
}
