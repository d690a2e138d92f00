/** The colours that are really drawn, read from a picture of a part of the page. */
import type { Locator } from "playwright-core";

/** How much of an element each colour covers, from 0 to 1; the most common first. */
export async function coloursOf(element: Locator): Promise<[colour: string, share: number][]> {
  await element.scrollIntoViewIfNeeded();
  const picture = `data:image/png;base64,${(await element.screenshot()).toString("base64")}`;
  // A page of its own: that of the test has a policy, and no need to change for this.
  const page = await element.page().context().newPage();
  try {
    return await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d");
      if (!context) throw new Error("no canvas");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const counts = new Map<string, number>();
      for (let at = 0; at < data.length; at += 4) {
        const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
      }
      const all = data.length / 4;
      return [...counts]
        .sort(([, a], [, b]) => b - a)
        .map(([colour, count]): [string, number] => [colour, count / all]);
    }, picture);
  } finally {
    await page.close();
  }
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = colour.split(",").map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours as WCAG 2.2 defines it: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}
