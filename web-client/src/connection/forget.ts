/**
 * What this browser keeps of somebody, taken out: their data have been taken out of the meeting, and the server says so
 * (SPEC ER9). Other people at the same computer keep theirs.
 */
import type { DeviceId } from "../protocol/protocol";
import { forget, ownerOf } from "./identity";
import { pocket, shelf, type Store } from "./storage";

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Removes drafts, texts that came back, unsent commands, receipt, link and name of whoever has this token. */
export function forgetPerson(token: string, kept: Store = shelf, tab: Store = pocket): void {
  const owner = ownerOf(token);
  const devices: DeviceId[] = texts(kept.read(`devices.${owner}`));
  for (const device of devices) kept.remove(`outbox.${device}`);
  for (const store of [kept, tab]) {
    for (const key of store.keys()) {
      const [kind, of] = key.split(".");
      if (of === owner) store.remove(key);
      if (kind !== "joined") continue;
      const tokens = texts(store.read(key)).filter((other) => other !== token);
      if (tokens.length > 0) store.write(key, tokens);
      else store.remove(key);
    }
  }
  if (tab.read("token") === token) tab.remove("token");
  forget(token, kept);
}
