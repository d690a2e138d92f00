/** Coming in over a shared link: one device, one number per attempt, the same answer when it is sent again (SPEC HT3). */
import { ApiFailure, join } from "../../api/http";
import { adoptDevice, newDeviceId } from "../../connection/device";
import { enter, ownerOf, rememberSharedLink } from "../../connection/identity";
import { Outbox } from "../../connection/outbox";
import { pocket, shelf } from "../../connection/storage";
import { language } from "../../i18n/language.svelte";
import type { JoinAs, Rejection } from "../../protocol/protocol";
import { texts } from "./texts";

/** Keeps the device and the number of an attempt whose answer got lost. */
interface Attempt {
  device: string;
  client_seq: number;
  choice: string;
}

function isAttempt(value: unknown): value is Attempt {
  return typeof value === "object" && value !== null && "device" in value && "client_seq" in value && "choice" in value;
}

/** Joins and opens the meeting; throws an `ApiFailure` otherwise. */
export async function joinMeeting(shared_token: string, choice: JoinAs): Promise<void> {
  const key = `joining.${ownerOf(shared_token)}`;
  const before = pocket.read(key);
  const device = isAttempt(before) ? before.device : newDeviceId();
  const same = isAttempt(before) && before.choice === JSON.stringify(choice);
  const client_seq = same ? before.client_seq : new Outbox(device, shelf).takeNumber();
  pocket.write(key, { device, client_seq, choice: JSON.stringify(choice) } satisfies Attempt);
  const { token } = await join(shared_token, { device, client_seq, join: choice }, language.now);
  pocket.remove(key);
  adoptDevice(ownerOf(token), device, pocket, shelf);
  rememberJoined(shared_token, token);
  rememberSharedLink(token, shared_token);
  enter(token);
}

function rememberJoined(shared_token: string, token: string): void {
  const tokens = joinedBefore(shared_token).filter((other) => other !== token);
  shelf.write(`joined.${ownerOf(shared_token)}`, [token, ...tokens]);
}

/** Personal tokens that this browser got over a shared one. */
export function joinedBefore(shared_token: string): string[] {
  const tokens = shelf.read(`joined.${ownerOf(shared_token)}`);
  return Array.isArray(tokens) ? tokens.filter((token) => typeof token === "string") : [];
}

/** Why it did not work, in a sentence. Those of the server are fetched when one is needed: a weak line carries the page first. */
export async function failureSentence(error: unknown): Promise<string> {
  if (!(error instanceof ApiFailure)) return texts().failed;
  if (error.code === "no_connection") return texts().no_connection;
  if (error.sentence !== "") return error.sentence;
  if (error.code === "not_found") return texts().not_found;
  if (error.code === "name_taken" || error.code === "join_not_allowed") {
    const sentences = await import("../../i18n/rejections").catch(() => null);
    return sentences?.rejectionSentence({ code: error.code } satisfies Rejection) ?? texts().failed;
  }
  return texts().failed;
}
