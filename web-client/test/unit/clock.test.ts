import { describe, expect, test } from "vitest";
import { ServerClock } from "../../src/connection/clock";

describe("the server's clock", () => {
  test("is taken from the ping with the shortest way", () => {
    let now = 10_000;
    const clock = new ServerClock(() => now);
    clock.hint(99_999);
    now = 10_900;
    clock.take(10_000, 15_000); // 900 ms there and back: 15,000 - 10,450
    expect(clock.offset_ms).toBe(4_550);
    now = 11_020;
    clock.take(11_000, 16_010); // 20 ms: 16,010 - 11,010
    now = 12_400;
    clock.take(12_000, 12_000);
    expect(clock.offset_ms).toBe(5_000);
    expect(clock.now()).toBe(17_400);
  });

  test("a hint counts until a ping has come back", () => {
    const clock = new ServerClock(() => 1_000);
    clock.hint(3_000);
    expect(clock.now()).toBe(3_000);
    clock.take(1_000, 4_000);
    expect(clock.now()).toBe(4_000);
  });

  test("old pings are forgotten, so that it follows a drifting computer", () => {
    let now = 0;
    const clock = new ServerClock(() => now);
    clock.take(0, 100);
    for (let count = 0; count < 8; count += 1) {
      now += 1_000;
      clock.take(now - 50, now - 25 + 700);
    }
    expect(clock.offset_ms).toBe(700);
  });

  test("a computer's clock that is set back during a ping begins anew", () => {
    let now = 5_000;
    const clock = new ServerClock(() => now);
    clock.take(5_000, 9_000);
    now = 1_000;
    clock.take(5_500, 9_500);
    expect(clock.offset_ms).toBe(0);
  });
});
