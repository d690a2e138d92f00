/** The server's HTTP interface (SPEC HT). Every failure is an `ApiFailure` with a code that the screens have words for. */
import type {
  AgendaTemplates,
  CommandReply,
  CommandRequest,
  CreateMeeting,
  ErrorBody,
  JoinOptions,
  JoinOptionsRequest,
  Joined,
  JoinRequest,
  Links,
  WayIn,
  MeetingCreated,
  RoundId,
  ZoomReport,
} from "../protocol/protocol";

export class ApiFailure extends Error {
  /** A stable name, or `no_connection` when the server could not be asked. */
  readonly code: string;
  /** The server's own sentence, in the language asked for; empty if it gave none. */
  readonly sentence: string;

  constructor(code: string, sentence: string) {
    super(code);
    this.code = code;
    this.sentence = sentence;
  }
}

const TIMEOUT_MS = 10_000;

interface Ask {
  token?: string;
  body?: unknown;
  language?: string;
  /** How long the answer may take, in milliseconds. */
  timeout_ms?: number;
}

export async function ask<T>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  { token, body, language, timeout_ms = TIMEOUT_MS }: Ask,
): Promise<T> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (language !== undefined) headers["Accept-Language"] = language;
  let response: Response;
  let answer: unknown;
  try {
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(timeout_ms), cache: "no-store" };
    if (body !== undefined) init.body = JSON.stringify(body);
    response = await fetch(path, init);
    answer = await response.json();
  } catch {
    throw new ApiFailure("no_connection", "");
  }
  if (response.ok) return answer as T;
  const { error } = answer as Partial<ErrorBody>;
  throw new ApiFailure(error?.code ?? "unavailable", error?.message ?? "");
}

/** What one can join as, by a shared token or a short code. */
export function askJoinOptions(by: { token: string } | { short_code: string }, language: string): Promise<JoinOptions> {
  const body: JoinOptionsRequest = { short_code: "short_code" in by ? by.short_code : null };
  return ask("POST", "/api/join/options", { ...("token" in by ? { token: by.token } : {}), body, language });
}

export function join(token: string, request: JoinRequest, language: string): Promise<Joined> {
  return ask("POST", "/api/join", { token, body: request, language });
}

export function postCommand(token: string, request: CommandRequest): Promise<CommandReply> {
  return ask("POST", "/api/commands", { token, body: request });
}

/** Makes a meeting; the operator's key goes in place of a token. */
export function createMeeting(key: string, meeting: CreateMeeting, language: string): Promise<MeetingCreated> {
  return ask("POST", "/api/meetings", { token: key, body: meeting, language });
}

/** Agendas to begin with. */
export function askAgendaTemplates(language: string): Promise<AgendaTemplates> {
  return ask("GET", "/api/agenda/templates", { language });
}

export function askLinks(token: string): Promise<Links> {
  return ask("GET", "/api/links", { token });
}

/** How participants come in (SPEC HT12). */
export function askWayIn(token: string): Promise<WayIn> {
  return ask("GET", "/api/way-in", { token });
}

/** What Zoom's file of a round holds, and whom it leaves out (SPEC HT22). */
export function askZoom(token: string, round: RoundId): Promise<ZoomReport> {
  return ask("GET", `/api/rounds/${round}/zoom`, { token });
}
