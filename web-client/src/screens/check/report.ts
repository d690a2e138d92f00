/** The findings in words: as rows for the page, and as a text to send. */
import type { Findings, Kept, Remark } from "./findings";
import { remarksOn, secondsOf, verdictOf } from "./findings";
import { texts } from "./texts";

export interface Row {
  name: string;
  value: string;
}

export interface About {
  browser: string;
  host: string;
  time: string;
  /** Nothing more will be found out. */
  finished: boolean;
}

export function rowsOf(found: Findings, about: About): Row[] {
  const { rows, value } = texts();
  const missing = about.finished ? value.unknown : value.pending;
  const kept = (kept: Kept | null): string =>
    kept === null ? missing : kept === "kept" ? value.kept : value.cut(secondsOf(kept));
  const storage = { kept: value.storage_kept, works: value.storage_works, none: value.storage_none };
  return [
    { name: rows.websocket, value: found.websocket === null ? missing : value[found.websocket] },
    { name: rows.stream, value: found.stream === null ? missing : value[found.stream] },
    { name: rows.poll, value: found.poll === null ? missing : value[found.poll] },
    { name: rows.silent_socket, value: kept(found.silent_socket) },
    { name: rows.busy_socket, value: kept(found.busy_socket) },
    { name: rows.silent_stream, value: kept(found.silent_stream) },
    {
      name: rows.delay,
      value: found.delay_ms === null ? missing : value.ms(found.delay_ms.shortest, found.delay_ms.longest),
    },
    {
      name: rows.clock,
      value: found.clock_offset_ms === null ? missing : value.seconds(Math.round(found.clock_offset_ms / 1000)),
    },
    { name: rows.storage, value: found.storage === null ? missing : storage[found.storage] },
    { name: rows.database, value: found.database === null ? missing : found.database ? value.yes : value.no },
    { name: rows.browser, value: about.browser },
    { name: rows.host, value: about.host },
    { name: rows.time, value: about.time },
  ];
}

/** The number that a remark's sentence tells. */
function numberOf(remark: Remark, found: Findings): number {
  switch (remark) {
    case "cut_when_silent":
      return secondsOf(found.silent_socket) || secondsOf(found.silent_stream);
    case "cut_always":
      return secondsOf(found.busy_socket);
    case "slow":
      return found.delay_ms?.longest ?? 0;
    case "upgrade_swallowed":
    case "upgrade_refused":
    case "responses_held_back":
    case "clock_off":
    case "nothing_kept":
      return 0;
  }
}

export function sentencesOf(found: Findings): string[] {
  return remarksOn(found).map((remark) => texts().remark[remark](numberOf(remark, found)));
}

export function textOf(found: Findings, about: About): string {
  return [
    texts().title,
    texts().verdict[verdictOf(found)],
    ...sentencesOf(found).map((sentence) => `- ${sentence}`),
    "",
    ...rowsOf(found, about).map(({ name, value }) => `${name}: ${value}`),
  ].join("\n");
}

/** The browser's name and version, and nothing else of its own description. */
export function browserOf(user_agent: string): string {
  const found = /(Edg|Firefox|Chrome|Version)\/([\d.]+)/g;
  const named = [...user_agent.matchAll(found)].map(([, name, version]) => ({ name, version: version ?? "" }));
  const best = ["Edg", "Firefox", "Chrome", "Version"].flatMap((name) => named.filter((one) => one.name === name))[0];
  if (best === undefined) return "?";
  const names: Record<string, string> = { Edg: "Edge", Version: "Safari" };
  return `${names[best.name ?? ""] ?? best.name} ${best.version}`;
}
