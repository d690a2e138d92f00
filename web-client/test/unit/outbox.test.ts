import { describe, expect, test } from "vitest";
import { claimDevice, newDeviceId, type Leases } from "../../src/connection/device";
import { Outbox } from "../../src/connection/outbox";
import { MemoryStore, WebStore } from "../../src/connection/storage";
import { LIMITS } from "../../src/protocol/constants";
import type { Command } from "../../src/protocol/protocol";

const note = (text: string): Command => ({ type: "add_note", board: 4, area: 0, text, color: "yellow" });

/** Leases of several tabs of one browser. */
class Tabs {
  readonly #held = new Map<string, string>();
  tab(name: string): Leases {
    return {
      take: (id) => {
        const holder = this.#held.get(id) ?? name;
        this.#held.set(id, holder);
        return Promise.resolve(holder === name);
      },
    };
  }
  close(name: string): void {
    for (const [id, holder] of this.#held) if (holder === name) this.#held.delete(id);
  }
}

describe("the outbox", () => {
  test("keeps commands and their numbers over a reload", () => {
    const store = new MemoryStore();
    const before = new Outbox("device", store);
    before.add(note("一"));
    before.add(note("二"));
    const after = new Outbox("device", store);
    expect(after.pending.map(({ client_seq }) => client_seq)).toEqual([1, 2]);
    expect(after.add(note("三"))?.client_seq).toBe(3);
  });

  test("never gives a number twice, even when everything is settled", () => {
    const store = new MemoryStore();
    const before = new Outbox("device", store);
    before.add(note("一"));
    before.settle(1);
    expect(new Outbox("device", store).add(note("二"))?.client_seq).toBe(2);
  });

  test("settles once", () => {
    const outbox = new Outbox("device", new MemoryStore());
    outbox.add(note("一"));
    expect(outbox.settle(1)?.command).toEqual(note("一"));
    expect(outbox.settle(1)).toBeNull();
  });

  test("takes no more than the server remembers", () => {
    const outbox = new Outbox("device", new MemoryStore());
    for (let count = 0; count < LIMITS.COMMANDS_PENDING_MAX; count += 1) expect(outbox.add(note("一"))).not.toBeNull();
    expect(outbox.add(note("多い"))).toBeNull();
    outbox.settle(1);
    expect(outbox.add(note("また"))?.client_seq).toBe(LIMITS.COMMANDS_PENDING_MAX + 1);
  });
});

/** A browser's area with room for so many characters. */
class SmallArea implements Storage {
  readonly #values = new Map<string, string>();
  room: number;
  constructor(room: number) {
    this.room = room;
  }
  [name: string]: unknown;
  get length(): number {
    return this.#values.size;
  }
  key(): null {
    return null;
  }
  clear(): void {
    this.#values.clear();
  }
  getItem(key: string): string | null {
    return this.#values.get(key) ?? null;
  }
  removeItem(key: string): void {
    this.#values.delete(key);
  }
  setItem(key: string, value: string): void {
    const others = [...this.#values].filter(([other]) => other !== key);
    const used = others.reduce((sum, [, text]) => sum + text.length, 0);
    if (used + value.length > this.room) throw new DOMException("full", "QuotaExceededError");
    this.#values.set(key, value);
  }
}

describe("a store that is full", () => {
  test("tells so, goes on in memory, and is whole again when there is room", () => {
    const area = new SmallArea(40);
    const store = new WebStore(area);
    expect(store.write("a", "短い文")).toBe(true);
    expect(store.write("b", "長".repeat(60))).toBe(false);
    expect(store.keeping).toBe("full");
    expect(store.read("b")).toBe("長".repeat(60));
    area.room = 1_000;
    expect(store.write("b", "長".repeat(60))).toBe(true);
    expect(store.keeping).toBe("kept");
    expect(new WebStore(area).read("b")).toBe("長".repeat(60));
  });

  test("keeps what lay in the outbox, and no number is ever given twice", () => {
    const area = new SmallArea(260);
    const outbox = new Outbox("device", new WebStore(area));
    outbox.add(note("入る"));
    expect(outbox.is_kept).toBe(true);
    const lost = outbox.add(note("入らない".repeat(60)));
    expect(lost?.client_seq).toBe(2);
    expect(outbox.pending).toHaveLength(2);
    expect(outbox.is_kept).toBe(false);
    const after = new Outbox("device", new WebStore(area));
    expect(after.pending.map(({ client_seq }) => client_seq)).toEqual([1]);
    expect(after.add(note("次"))?.client_seq).toBeGreaterThan(2);
    outbox.settle(2);
    expect(outbox.is_kept).toBe(true);
  });
});

describe("the device", () => {
  test("is a UUID of version 4", () => {
    expect(newDeviceId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("survives a reload of the tab", async () => {
    const [shelf, pocket, tabs] = [new MemoryStore(), new MemoryStore(), new Tabs()];
    const first = await claimDevice("me", pocket, shelf, tabs.tab("a"));
    tabs.close("a");
    expect(await claimDevice("me", pocket, shelf, tabs.tab("a"))).toBe(first);
  });

  test("is not shared by two tabs, not even by a duplicated one", async () => {
    const [shelf, pocket, tabs] = [new MemoryStore(), new MemoryStore(), new Tabs()];
    const first = await claimDevice("me", pocket, shelf, tabs.tab("a"));
    // Duplicating a tab copies its store.
    const copy = new MemoryStore();
    copy.write("device.me", first);
    expect(await claimDevice("me", copy, shelf, tabs.tab("b"))).not.toBe(first);
    expect(await claimDevice("me", new MemoryStore(), shelf, tabs.tab("c"))).not.toBe(first);
  });

  test("of a closed tab is handed on, the one with something unsent first", async () => {
    const [shelf, tabs] = [new MemoryStore(), new Tabs()];
    const first = await claimDevice("me", new MemoryStore(), shelf, tabs.tab("a"));
    const second = await claimDevice("me", new MemoryStore(), shelf, tabs.tab("b"));
    new Outbox(first, shelf).add(note("まだ送っていない"));
    tabs.close("a");
    tabs.close("b");
    expect(second).not.toBe(first);
    const next = await claimDevice("me", new MemoryStore(), shelf, tabs.tab("c"));
    expect(next).toBe(first);
    expect(new Outbox(next, shelf).pending).toHaveLength(1);
  });

  test("of one person is not another's", async () => {
    const [shelf, pocket, tabs] = [new MemoryStore(), new MemoryStore(), new Tabs()];
    const mine = await claimDevice("me", pocket, shelf, tabs.tab("a"));
    expect(await claimDevice("you", pocket, shelf, tabs.tab("a"))).not.toBe(mine);
  });
});
