/** A QR code as the outline of its dark squares, for an SVG. */
import { encode } from "uqr";

/** White around the code, in modules (ISO/IEC 18004 asks for 4). */
const QUIET = 4;

export interface Qr {
  size: number;
  path: string;
}

export function qrOf(text: string): Qr {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return { size, path };
}
