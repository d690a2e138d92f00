/**
 * Where the browser gets a poster's file (SPEC HT8). The address is made of the meeting's id and the hash of the file's
 * content, which nobody outside the meeting has: so an `<img>` needs no token, and the browser keeps what it has seen.
 */
import type { MeetingId, PosterView } from "../protocol/protocol";

/** A picture: the whole for zooming, a small one (640 px at most) for galleries. Sizes are the whole's, in pixels. */
export interface PosterPicture {
  is: "picture";
  full: string;
  small: string;
  width: number;
  height: number;
}

/** A PDF: offered to be opened, in a tab of its own. */
export interface PosterDocument {
  is: "document";
  address: string;
}

/** A poster's file, or null if it has none. */
export function posterPicture(
  meeting: MeetingId,
  { file }: Pick<PosterView, "file">,
): PosterPicture | PosterDocument | null {
  if (file === null) return null;
  const address = `/api/meetings/${meeting}/posters/${file.hash}`;
  if (file.kind === "pdf") return { is: "document", address: `${address}.pdf` };
  const { width, height } = file;
  return { is: "picture", full: `${address}.jpg`, small: `${address}.small.jpg`, width, height };
}
