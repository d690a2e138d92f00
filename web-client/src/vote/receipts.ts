/** Receipts of ballots: after the close nobody but the voter's browser knows whose was which (SPEC VT5). */
import { ownerOf } from "../connection/identity";
import { shelf } from "../connection/storage";

const key = (token: string): string => `receipt.${ownerOf(token)}`;

export function keepReceipt(token: string, receipt: string): void {
  shelf.write(key(token), receipt);
}

export function readReceipt(token: string): string | null {
  const receipt = shelf.read(key(token));
  return typeof receipt === "string" ? receipt : null;
}
