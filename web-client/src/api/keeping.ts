/** Deleting a meeting, and what a municipality files (SPEC HT20, HT21): asked for on pages of their own, so loaded with them. */
import type { DeletionCertificate, Information } from "../protocol/protocol";
import { ask } from "./http";

/** Deletes a meeting for good; what remains is the answer (SPEC HT20). */
export function deleteMeeting(token: string, meeting: string): Promise<DeletionCertificate> {
  return ask("DELETE", `/api/meetings/${meeting}`, { token, language: document.documentElement.lang });
}

/** What remains of a meeting that is gone (SPEC HT20). */
export function askCertificate(token: string, meeting: string): Promise<DeletionCertificate> {
  return ask("GET", `/api/meetings/${meeting}/certificate`, { token });
}

/** What a municipality files about this host (SPEC HT21). */
export function askInformation(): Promise<Information> {
  return ask("GET", "/api/information", {});
}
