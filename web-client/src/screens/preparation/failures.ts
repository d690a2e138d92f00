/** Why a file did not go in or come out, in a sentence. */
import { ApiFailure } from "../../api/http";
import { LIMITS } from "../../protocol/constants";
import { texts } from "./texts";

/** The sentence for a failure; empty when somebody cancelled. */
export function failureSentence(error: unknown): string {
  if (!(error instanceof ApiFailure)) return texts().failed;
  if (error.code === "cancelled") return "";
  return error.sentence !== "" ? error.sentence : texts().failed;
}

/** The sentence for a file that is too large to be sent at all, or an empty one. */
export function tooLarge(file: File, max_bytes: number): string {
  return file.size > max_bytes ? texts().too_large(Math.floor(max_bytes / 1024 / 1024)) : "";
}

/** Whether a file is an archive, a list, or something else, by its name: the server looks at its content. */
export function sortOf(name: string): "archive" | "list" | "poster" {
  const end = name.toLowerCase().split(".").pop() ?? "";
  if (end === "zip") return "archive";
  return ["csv", "tsv", "txt", "xlsx"].includes(end) ? "list" : "poster";
}

/** What the server takes at most, for a file of its sort. */
export function maxBytesOf(sort: ReturnType<typeof sortOf>): number {
  if (sort === "archive") return LIMITS.POSTER_ZIP_BYTES_MAX;
  return sort === "list" ? LIMITS.ROSTER_FILE_BYTES_MAX : LIMITS.POSTER_FILE_BYTES_MAX;
}
