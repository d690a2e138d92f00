/** Deleting a meeting and what remains of it, from one page to the next: the line ends with the meeting. */
import { ApiFailure } from "../../api/http";
import { askCertificate, deleteMeeting } from "../../api/keeping";
import { DELETED_PATH } from "../../connection/identity";
import { pocket } from "../../connection/storage";
import type { DeletionCertificate } from "../../protocol/protocol";

const KEY = "certificate";

/** Deletes, keeps the certificate in the tab and goes to the page that shows it. */
export async function deleteAndShow(token: string, meeting: string): Promise<void> {
  let certificate: DeletionCertificate;
  try {
    certificate = await deleteMeeting(token, meeting);
  } catch (error) {
    // The answer may have been lost, or somebody else was faster.
    if (!(error instanceof ApiFailure) || !["gone", "no_connection"].includes(error.code)) throw error;
    certificate = await askCertificate(token, meeting);
  }
  pocket.write(KEY, certificate);
  location.replace(DELETED_PATH);
}

function isCertificate(value: unknown): value is DeletionCertificate {
  return typeof value === "object" && value !== null && "certificate_hash" in value;
}

/** The certificate that this tab has, if any. */
export function keptCertificate(): DeletionCertificate | null {
  const kept = pocket.read(KEY);
  return isCertificate(kept) ? kept : null;
}

/** As a file: the very form that its checksum is of. */
export function certificateFile(certificate: DeletionCertificate): Blob {
  return new Blob([JSON.stringify(certificate)], { type: "application/json" });
}
