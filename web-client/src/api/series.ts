/** Taking over from an earlier meeting (SPEC HT50): asked for on the preparation page, so loaded with it. */
import type { Followed, FollowPreview, FollowRequest } from "../protocol/protocol";
import { ask } from "./http";

/** A meeting of thousands with its posters takes a while. */
const TIMEOUT_MS = 180_000;

function follow<T>(path: string, token: string, request: FollowRequest): Promise<T> {
  const language = document.documentElement.lang;
  return ask("POST", path, { token, body: request, language, timeout_ms: TIMEOUT_MS });
}

/** What would come. Nothing is taken by it. */
export function previewFollow(token: string, meeting: string, request: FollowRequest): Promise<FollowPreview> {
  return follow(`/api/meetings/${meeting}/follow/preview`, token, request);
}

/** Takes it. */
export function takeFollow(token: string, meeting: string, request: FollowRequest): Promise<Followed> {
  return follow(`/api/meetings/${meeting}/follow`, token, request);
}
