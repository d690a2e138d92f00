/**
 * Whose page this is: the token of the link, taken out of the address at once (screens are shared and photographed) and
 * kept by the tab, and the people who have used this browser.
 */
import type { Role } from "../protocol/protocol";
import { pocket, shelf, type Store } from "./storage";

export interface KnownPerson {
  token: string;
  name: string;
  title: string;
  role: Role;
  /** The meeting's id; none from a page of before. */
  meeting?: string;
  /** The shared link over which the person came in, so that the next one can pick a name at the same computer. */
  via?: string | null;
}

/** People of this browser that are remembered. */
const KNOWN_MAX = 12;
/** The page of a link. */
export const LINK_PATH = "/j";
/** The page that says whether this computer will work. */
export const CHECK_PATH = "/check";
/** The page where a new meeting is made. */
export const PREPARE_PATH = "/prepare";

/** The page that shows what remains of a meeting just deleted. */
export const DELETED_PATH = "/deleted";
/** The page that a municipality files. */
export const INFORMATION_PATH = "/information";
/** Pages without a meeting. */
export type PagePath = typeof CHECK_PATH | typeof PREPARE_PATH | typeof DELETED_PATH | typeof INFORMATION_PATH;

/** A short name for a token, for keys of the store. Not a secret and no proof. */
export function ownerOf(token: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < token.length; i += 1) {
    const code = token.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

function isKnown(value: unknown): value is KnownPerson[] {
  return (
    Array.isArray(value) && value.every((person) => typeof person === "object" && person !== null && "token" in person)
  );
}

/** Everyone who has used this browser, the last one first. */
export function knownPeople(store: Store = shelf): KnownPerson[] {
  const known = store.read("people");
  return isKnown(known) ? known : [];
}

export function remember(person: KnownPerson, store: Store = shelf): void {
  const others = knownPeople(store).filter(({ token }) => token !== person.token);
  store.write("people", [person, ...others].slice(0, KNOWN_MAX));
}

export function forget(token: string, store: Store = shelf): void {
  store.write(
    "people",
    knownPeople(store).filter((person) => person.token !== token),
  );
}

/** This tab goes on with another token. */
export function useToken(token: string): void {
  pocket.write("token", token);
}

/** Opens the page of a link. Where the browser keeps nothing the token has to stand in the address. */
export function enter(token: string): void {
  useToken(token);
  const address = pocket.keeping === "forbidden" ? `${LINK_PATH}#${token}` : LINK_PATH;
  const same_page = location.pathname === LINK_PATH;
  location.replace(address);
  // On the page of a link only what stands behind the # changes: load it anew.
  if (same_page) location.reload();
}

/** The shared link over which a personal token was got in this browser. */
export function sharedLinkOf(token: string, store: Store = shelf): string | null {
  const via = store.read(`via.${ownerOf(token)}`);
  return typeof via === "string" ? via : null;
}

export function rememberSharedLink(token: string, shared_token: string, store: Store = shelf): void {
  store.write(`via.${ownerOf(token)}`, shared_token);
}

/** The token of this tab: from the address, or as it was before a reload; null on the front page. */
export function takeToken(): string | null {
  const { pathname, hash } = location;
  if (pathname !== LINK_PATH) return null;
  const given = hash.slice(1);
  if (given !== "") {
    useToken(given);
    // Where nothing can be kept the address is the only place that survives a reload.
    if (pocket.keeping !== "forbidden") history.replaceState(null, "", LINK_PATH);
    return given;
  }
  const kept = pocket.read("token");
  if (typeof kept === "string") return kept;
  // The tab was closed and the bare address opened again: whoever was here last goes on.
  return knownPeople()[0]?.token ?? null;
}
