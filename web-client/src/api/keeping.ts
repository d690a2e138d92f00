/** Deleting a meeting, and what a municipality files (SPEC HT40 to HT42): asked for on pages of their own, so loaded with them. */
import type {
  DeletionCertificate,
  ErasedTexts,
  ErasureCertificate,
  ErasureCertificates,
  Information,
  PersonId,
} from "../protocol/protocol";
import { ask } from "./http";

/** Deletes a meeting for good; what remains is the answer (SPEC HT40). */
export function deleteMeeting(token: string, meeting: string): Promise<DeletionCertificate> {
  return ask("DELETE", `/api/meetings/${meeting}`, { token, language: document.documentElement.lang });
}

/** What remains of a meeting that is gone (SPEC HT40). */
export function askCertificate(token: string, meeting: string): Promise<DeletionCertificate> {
  return ask("GET", `/api/meetings/${meeting}/certificate`, { token });
}

/** Takes one person's data out for good; what remains is the answer. Asked again, it answers the same (SPEC HT42). */
export function erasePerson(
  token: string,
  meeting: string,
  person: PersonId,
  texts: ErasedTexts,
): Promise<ErasureCertificate> {
  const language = document.documentElement.lang;
  return ask("DELETE", `/api/meetings/${meeting}/people/${person}?texts=${texts}`, { token, language });
}

/** What remains of people whose data were taken out (SPEC HT42). */
export function askErasures(token: string, meeting: string): Promise<ErasureCertificates> {
  return ask("GET", `/api/meetings/${meeting}/erasures`, { token });
}

/** What a municipality files about this host (SPEC HT41). */
export function askInformation(): Promise<Information> {
  return ask("GET", "/api/information", {});
}
