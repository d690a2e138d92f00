/** What is wider than the page. */
import type { Page } from "playwright-core";

/** Nothing on a good page; else the innermost parts that stick out. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    const inner = out.filter((element) => ![...element.children].some((child) => out.includes(child)));
    return [`${scrollWidth} px`, ...inner.slice(0, 3).map((element) => element.outerHTML.slice(0, 300))];
  });
}
