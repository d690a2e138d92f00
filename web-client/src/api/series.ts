/** Taking over from an earlier meeting (SPEC HT50): asked for on the preparation page, so loaded with it. */
import type { ErrorBody, Followed, FollowPreview, FollowRequest } from "../protocol/protocol";
import { ApiFailure } from "./http";

/** A meeting of thousands with its posters takes a while. */
const TIMEOUT_MS = 180_000;

async function ask<T>(path: string, token: string, request: FollowRequest): Promise<T> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        "Accept-Language": document.documentElement.lang,
      },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: "no-store",
    });
    answer = await response.json();
  } catch {
    throw new ApiFailure("no_connection", "");
  }
  if (response.ok) return answer as T;
  const { error } = answer as Partial<ErrorBody>;
  throw new ApiFailure(error?.code ?? "unavailable", error?.message ?? "");
}

/** What would come. Nothing is taken by it. */
export function previewFollow(token: string, meeting: string, request: FollowRequest): Promise<FollowPreview> {
  return ask(`/api/meetings/${meeting}/follow/preview`, token, request);
}

/** Takes it. */
export function takeFollow(token: string, meeting: string, request: FollowRequest): Promise<Followed> {
  return ask(`/api/meetings/${meeting}/follow`, token, request);
}
