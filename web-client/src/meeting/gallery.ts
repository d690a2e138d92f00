/** The order in which a person sees posters (SPEC FD5): their own, so that no poster gains from standing first. */
import type { PersonId, PosterId } from "../protocol/protocol";

/** The sorting key, an unsigned 32-bit number. */
export function galleryKey(person: PersonId, poster: PosterId): number {
  let h = Math.imul(person, 0x9e3779b1) ^ Math.imul(poster, 0x85ebca77);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Posters in a viewer's order; by id for a screen, which is nobody. */
export function inGalleryOrder<T extends { id: PosterId }>(posters: readonly T[], person: PersonId | null): T[] {
  if (person === null) return [...posters].sort((a, b) => a.id - b.id);
  return posters
    .map((poster) => ({ poster, key: galleryKey(person, poster.id) }))
    .sort((a, b) => a.key - b.key || a.poster.id - b.poster.id)
    .map(({ poster }) => poster);
}
