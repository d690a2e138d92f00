import { describe, expect, test } from "vitest";
import { ServerClock } from "../../src/connection/clock";

/** A browser whose two clocks can be moved apart. */
class Browser {
  wall_ms = 1_000_000;
  steady_ms = 500;
  readonly clocks = { wall: () => this.wall_ms, steady: () => this.steady_ms };
  readonly clock = new ServerClock(this.clocks);

  pass(ms: number): void {
    this.wall_ms += ms;
    this.steady_ms += ms;
  }

  /** A ping there and back, answered half-way with `server_time`. */
  ping(way_ms: number, server_time: number): void {
    const client_time = this.clock.ping();
    this.pass(way_ms);
    this.clock.take(client_time, server_time);
  }
}

describe("the server's clock", () => {
  test("is taken from the ping with the shortest way", () => {
    const browser = new Browser();
    browser.clock.hint(99_999);
    browser.ping(900, 2_000_450); // the server's clock is 2,000,900 at the end, if both ways are alike
    expect(browser.clock.now()).toBe(2_000_900);
    browser.ping(20, 2_000_930); // 20 ms on: 2,000,940
    browser.ping(400, 2_005_000);
    expect(browser.clock.now()).toBe(2_001_340);
  });

  test("a hint counts until a ping has come back", () => {
    const { clock } = new Browser();
    clock.hint(3_000);
    expect(clock.now()).toBe(3_000);
    clock.take(clock.ping(), 4_000);
    expect(clock.now()).toBe(4_000);
  });

  test("old pings are forgotten, so that it follows a drifting computer", () => {
    const browser = new Browser();
    browser.ping(0, 100);
    for (let count = 0; count < 8; count += 1) browser.ping(50, 7_000_000 + count * 50);
    expect(browser.clock.now()).toBe(7_000_375);
  });

  test("a pong to nothing that was asked is passed over", () => {
    const { clock } = new Browser();
    clock.hint(3_000);
    clock.take(12, 9_000);
    expect(clock.now()).toBe(3_000);
  });

  test.each([-600_000, 600_000])("a computer's clock that is set by %i ms is right after the next ping", (by_ms) => {
    const browser = new Browser();
    browser.ping(10, 5_000_000);
    browser.wall_ms += by_ms;
    expect(browser.clock.tookJump()).toBe(true);
    expect(browser.clock.tookJump()).toBe(false);
    browser.ping(300, 6_000_000);
    expect(browser.clock.now()).toBe(6_000_150);
  });

  test("a clock set back changes nothing meanwhile", () => {
    const browser = new Browser();
    browser.ping(10, 5_000_000);
    browser.wall_ms -= 600_000;
    browser.clock.tookJump();
    browser.pass(1_000);
    expect(browser.clock.now()).toBe(5_001_005);
  });

  test("goes on over a sleep in which the steady clock stood still", () => {
    const browser = new Browser();
    browser.ping(10, 5_000_000);
    browser.wall_ms += 600_000;
    browser.clock.tookJump();
    expect(browser.clock.now()).toBe(5_600_005);
  });

  test("a ping that was on its way when the clock jumped counts for nothing", () => {
    const browser = new Browser();
    browser.ping(10, 5_000_000);
    const asked = browser.clock.ping();
    browser.wall_ms += 600_000;
    browser.clock.tookJump();
    browser.clock.take(asked, 1);
    expect(browser.clock.now()).toBe(5_600_005);
  });
});
