/** Folding events about posters. */
import type { EventOf } from "../events";
import type { PosterId, PosterView } from "../../protocol/protocol";
import { byId, type Draft } from "./draft";

function change(draft: Draft, id: PosterId, how: (poster: PosterView) => void): void {
  if (!draft.seen.posters[id]) return;
  const poster = draft.entry(draft.part(draft.view, "posters"), id);
  if (poster) how(poster);
}

export function posterAdded(draft: Draft, { poster }: EventOf<"poster_added">): void {
  draft.part(draft.view, "posters")[poster.id] = poster;
}

export function posterEdited(draft: Draft, { poster: id, title, summary, file }: EventOf<"poster_edited">): void {
  change(draft, id, (poster) => Object.assign(poster, { title, summary, file }));
}

export function posterWithdrawn(draft: Draft, { poster: id }: EventOf<"poster_withdrawn">): void {
  const { role } = draft.seen.me;
  if (role === "coordinator" || role === "secretariat") change(draft, id, (poster) => (poster.withdrawn = true));
  else delete draft.part(draft.view, "posters")[id];
}

export function interestSet(draft: Draft, { poster: id, interested }: EventOf<"interest_set">): void {
  change(draft, id, (poster) => (poster.interested = interested));
}

export function interestCounted(draft: Draft, { poster: id, count }: EventOf<"interest_counted">): void {
  change(draft, id, (poster) => (poster.interested_count = count));
}

export function commentAdded(draft: Draft, { poster: id, comment }: EventOf<"comment_added">): void {
  change(draft, id, (poster) => (draft.part(poster, "comments")[comment.id] = comment));
}

export function commentDeleted(draft: Draft, { poster: id, comment }: EventOf<"comment_deleted">): void {
  change(draft, id, (poster) => delete draft.part(poster, "comments")[comment]);
}

export function feedbackShared(draft: Draft, event: EventOf<"feedback_shared">): void {
  change(draft, event.poster, (poster) => {
    poster.comments = byId(event.comments);
    poster.interested_count = event.interested_count;
  });
}
