/** Scales and paths of small charts: numbers to pixels, round ticks, lines. Pure. */

export interface Point {
  x: number;
  y: number;
}

/** A straight way from one range to another. A range without width leads to the middle. */
export function linear([from, to]: readonly [number, number], [low, high]: readonly [number, number]) {
  return (value: number): number =>
    from === to ? (low + high) / 2 : low + ((value - from) / (to - from)) * (high - low);
}

/** Ticks from 0 that are easy to read (1, 2 or 5 times a power of ten), the last one at or above the value. */
export function ticksUpTo(value: number, count = 4): number[] {
  if (value <= 0) return [0, 1];
  const rough = value / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power);
  const steps = Math.ceil(value / step);
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}

/**
 * At most so many of a list, the first and the last among them: each as far from the next where that leaves at least half as
 * many, else as evenly as it goes.
 */
export function thin<T>(list: readonly T[], max: number): T[] {
  if (list.length <= max) return [...list];
  const last = list.length - 1;
  const gaps = Math.max(2, max) - 1;
  for (let step = Math.ceil(last / gaps); last / step + 1 >= (gaps + 1) / 2; step += 1) {
    if (last % step === 0) return list.filter((_, index) => index % step === 0);
  }
  const places = new Set(Array.from({ length: gaps + 1 }, (_, index) => Math.round((index * last) / gaps)));
  return list.filter((_, index) => places.has(index));
}

/** An SVG path through points; empty without any. */
export function pathThrough(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}
