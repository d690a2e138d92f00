/**
 * Which device this tab is (SPEC HS4): one id per tab and token that survives reload, is never used by two tabs at once,
 * and is handed on to a later tab when its own was closed, so that what was left unsent in it still goes out.
 */
import type { DeviceId } from "../protocol/protocol";
import type { Store } from "./storage";

/** Exclusive use of a name by this tab, until the tab is gone. */
export interface Leases {
  /** Takes it if nobody has it; waits up to `patience_ms` for it. */
  take(name: string, patience_ms: number): Promise<boolean>;
}

/** A reloaded page may start before its former self has let go. */
const RELOAD_PATIENCE_MS = 2_000;
/** Devices remembered per person and browser; the server remembers eight of all a person's browsers. */
const DEVICES_KEPT_MAX = 6;

function isIds(value: unknown): value is DeviceId[] {
  return Array.isArray(value) && value.every((id) => typeof id === "string");
}

/** A random UUID; `crypto.randomUUID` exists on secure pages only. */
export function newDeviceId(): DeviceId {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * The device of this tab for whoever `owner` names (a short name for the token). `pocket` is the tab's own store, `shelf`
 * that of all tabs.
 */
export async function claimDevice(owner: string, pocket: Store, shelf: Store, leases: Leases): Promise<DeviceId> {
  const own_key = `device.${owner}`;
  const all_key = `devices.${owner}`;
  const own = pocket.read(own_key);
  if (typeof own === "string" && (await leases.take(own, RELOAD_PATIENCE_MS))) return own;

  const hasUnsent = (id: DeviceId): boolean => {
    const kept = shelf.read(`outbox.${id}`);
    return (
      typeof kept === "object" &&
      kept !== null &&
      "pending" in kept &&
      Array.isArray(kept.pending) &&
      kept.pending.length > 0
    );
  };
  const known = shelf.read(all_key);
  const listed = isIds(known) ? known : [];
  // Those with something unsent come first: they are handed on soonest and forgotten last.
  const ids = [...listed.filter(hasUnsent), ...listed.filter((id) => !hasUnsent(id))];
  for (const id of ids) {
    if (id === own || !(await leases.take(id, 0))) continue;
    pocket.write(own_key, id);
    return id;
  }
  const fresh = newDeviceId();
  await leases.take(fresh, 0);
  const kept = [fresh, ...ids];
  for (const gone of kept.slice(DEVICES_KEPT_MAX)) shelf.remove(`outbox.${gone}`);
  shelf.write(all_key, kept.slice(0, DEVICES_KEPT_MAX));
  pocket.write(own_key, fresh);
  return fresh;
}

/** A device made before its owner was known (at joining) becomes that of its owner. */
export function adoptDevice(owner: string, device: DeviceId, pocket: Store, shelf: Store): void {
  const known = shelf.read(`devices.${owner}`);
  const ids = isIds(known) ? known.filter((id) => id !== device) : [];
  shelf.write(`devices.${owner}`, [device, ...ids].slice(0, DEVICES_KEPT_MAX));
  pocket.write(`device.${owner}`, device);
}
