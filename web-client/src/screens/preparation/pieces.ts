/** A roster in pieces, each of which fits into one command over HTTP. */
import { LIMITS } from "../../protocol/constants";
import type { RosterRow } from "../../protocol/protocol";

/** Bytes of a piece: half of what the server takes, for the rest of the command and for escapes. */
const PIECE_BYTES = LIMITS.LARGE_COMMAND_BYTES_MAX / 2;

export function inPieces(rows: readonly RosterRow[], max_bytes = PIECE_BYTES): RosterRow[][] {
  const encoder = new TextEncoder();
  const pieces: RosterRow[][] = [];
  let left = 0;
  for (const row of rows) {
    const bytes = encoder.encode(JSON.stringify(row)).length + 1;
    if (bytes > left) {
      pieces.push([]);
      left = max_bytes;
    }
    left -= bytes;
    pieces.at(-1)?.push(row);
  }
  return pieces;
}
