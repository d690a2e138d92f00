/** What a browser keeps of somebody goes when the server says that they were erased (SPEC ER9). */
import { expect, test } from "vitest";
import { forgetPerson } from "../../src/connection/forget";
import { knownPeople, ownerOf, remember } from "../../src/connection/identity";
import { Outbox } from "../../src/connection/outbox";
import { MemoryStore } from "../../src/connection/storage";

const MARKER = "しるし";

/** As the pages leave it behind for one person. */
function used(kept: MemoryStore, tab: MemoryStore, token: string, device: string, text: string): void {
  const owner = ownerOf(token);
  remember({ token, name: text, title: "研究会", role: "participant", via: "SHARED" }, kept);
  kept.write(`devices.${owner}`, [device]);
  new Outbox(device, kept).add({ type: "add_note", board: 0, area: 0, text, color: "yellow" });
  for (const key of [`draft.${owner}.0`, `draft.${owner}.4.7`, `draft.${owner}.questionnaire`]) kept.write(key, text);
  for (const kind of ["returned", "receipt", "seen", "via"]) kept.write(`${kind}.${owner}`, text);
  const joined = kept.read("joined.x");
  kept.write("joined.x", [...(Array.isArray(joined) ? (joined as string[]) : []), token]);
  tab.write(`device.${owner}`, device);
  tab.write("token", token);
}

const everything = (store: MemoryStore): string =>
  store
    .keys()
    .map((key) => `${key} ${JSON.stringify(store.read(key))}`)
    .join("\n");

test("er9: nothing of the person stays, and everything of the other at the same computer", () => {
  const [kept, tab] = [new MemoryStore(), new MemoryStore()];
  used(kept, tab, "TOKEN-OTHER", "device-other", "ほかの人");
  const others = everything(kept);
  used(kept, tab, "TOKEN-ERASED", "device-erased", MARKER);
  kept.write("language", "ja");
  expect(everything(kept)).toContain(MARKER);
  forgetPerson("TOKEN-ERASED", kept, tab);
  for (const trace of [MARKER, "TOKEN-ERASED", "device-erased", ownerOf("TOKEN-ERASED")]) {
    expect(everything(kept)).not.toContain(trace);
    expect(everything(tab)).not.toContain(trace);
  }
  expect(knownPeople(kept).map(({ name }) => name)).toEqual(["ほかの人"]);
  kept.remove("language");
  expect(everything(kept).split("\n").sort()).toEqual(others.split("\n").sort());
});
