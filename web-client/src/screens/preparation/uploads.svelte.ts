/**
 * Posters on their way in: files one by one, a folder, or an archive with a list. Each is sent, drawn anew by the server and
 * told apart by its team; nothing is in the gallery until somebody says so. Knows no rules of the meeting.
 */
import { ApiFailure } from "../../api/http";
import { upload, uploadForLines } from "../../api/files";
import type {
  Finding,
  PosterFile,
  PosterFileReply,
  PosterListEntry,
  PosterListReading,
  PosterUnpacking,
  TeamId,
  TeamView,
} from "../../protocol/protocol";
import { words } from "../../i18n/words";
import { failureSentence, maxBytesOf, sortOf, tooLarge } from "./failures";
import { found, say } from "./finding-texts";
import { baseName, matchTeam, plain } from "./matching";
import { texts } from "./texts";

export type UploadState = "waiting" | "sending" | "drawing" | "kept" | "refused" | "cancelled" | "taken";

export class PosterUpload {
  readonly id: number;
  readonly name: string;
  state = $state<UploadState>("waiting");
  /** How much has been sent, 0 to 1. */
  sent = $state(0);
  problem = $state("");
  file = $state.raw<PosterFile | null>(null);
  team = $state<TeamId | null>(null);
  title = $state("");
  summary = $state("");
  readonly cancelling = new AbortController();

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }

  get is_over(): boolean {
    return ["kept", "refused", "cancelled", "taken"].includes(this.state);
  }

  cancel(): void {
    this.cancelling.abort();
    if (this.state === "waiting") this.state = "cancelled";
  }
}

export class PosterUploads {
  list = $state.raw<readonly PosterUpload[]>([]);
  findings = $state.raw<readonly Finding[]>([]);
  /** Of how many teams the lists told. */
  listed = $state(0);
  problem = $state("");
  busy = $state(false);

  readonly #token: string;
  readonly #teams: () => readonly TeamView[];
  #entries: readonly PosterListEntry[] = [];
  #last_id = 0;

  constructor(token: string, teams: () => readonly TeamView[]) {
    this.#token = token;
    this.#teams = teams;
  }

  /** Takes files: lists first, then archives and pictures in their order. */
  async take(files: readonly File[]): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    try {
      const visible = files.filter(({ name }) => !name.startsWith(".") && !name.startsWith("~$"));
      for (const file of visible) if (sortOf(file.name) === "list") await this.#readList(file);
      const rest = visible.filter(({ name }) => sortOf(name) !== "list");
      const waiting = rest.map((file) => ({ file, entry: this.#add(file.name) }));
      for (const { file, entry } of waiting) {
        if (entry.state === "cancelled") continue;
        const sort = sortOf(file.name);
        entry.problem = tooLarge(file, maxBytesOf(sort));
        if (entry.problem !== "") entry.state = "refused";
        else if (sort === "archive") await this.#sendArchive(file, entry);
        else await this.#sendPoster(file, entry);
      }
    } finally {
      this.busy = false;
    }
  }

  cancelAll(): void {
    for (const entry of this.list) if (!entry.is_over) entry.cancel();
  }

  /** Forgets what has come to an end and needs nobody any more. */
  tidy(): void {
    this.list = this.list.filter(({ state }) => state !== "taken" && state !== "cancelled");
    if (this.list.length === 0) this.findings = [];
  }

  #add(name: string): PosterUpload {
    this.#last_id += 1;
    const entry = new PosterUpload(this.#last_id, name);
    this.list = [...this.list, entry];
    return entry;
  }

  async #readList(file: File): Promise<void> {
    this.problem = tooLarge(file, maxBytesOf("list"));
    if (this.problem !== "") return;
    try {
      const reading = await upload<PosterListReading>("/api/posters/list", file, { token: this.#token });
      this.#takeList(file.name, reading);
    } catch (error) {
      this.problem = `${file.name}${words().colon}${failureSentence(error)}`;
    }
  }

  #takeList(name: string, reading: PosterListReading): void {
    if (reading.outcome === "refused") {
      this.problem = `${name}${words().colon}${say(found().file, reading.problem)}`;
      return;
    }
    this.#entries = reading.entries;
    this.findings = reading.findings;
    this.listed = reading.entries.length;
    for (const entry of this.list) if (entry.team === null) this.#match(entry);
  }

  async #sendPoster(file: File, entry: PosterUpload): Promise<void> {
    entry.state = "sending";
    try {
      const reply = await upload<PosterFileReply>("/api/posters/files", file, this.#options(entry));
      this.#settle(entry, reply);
    } catch (error) {
      this.#fail(entry, error);
    }
  }

  async #sendArchive(file: File, archive: PosterUpload): Promise<void> {
    archive.state = "sending";
    let ended = false;
    let files = 0;
    let done = 0;
    const line = (line: PosterUnpacking): void => {
      switch (line.is) {
        case "opened":
          files = line.files;
          archive.sent = 0;
          break;
        case "list":
          this.#takeList(line.name, line.reading);
          break;
        case "file":
          done += 1;
          archive.sent = files > 0 ? done / files : 1;
          this.#settle(this.#add(line.name), line.reply);
          break;
        case "broken":
          archive.problem = say(found().poster, line.problem);
          break;
        case "end":
          ended = true;
      }
    };
    try {
      await uploadForLines<PosterUnpacking>("/api/posters/zip", file, { ...this.#options(archive), line });
      if (archive.problem === "" && !ended) archive.problem = texts().no_end;
    } catch (error) {
      this.#fail(archive, error);
      if (archive.problem !== "" && done > 0) archive.problem = texts().no_end;
      return;
    }
    if (archive.problem !== "") archive.state = "refused";
    // What was in it stands in the list; the archive itself is nothing to look at.
    else this.list = this.list.filter((other) => other !== archive);
  }

  #options(entry: PosterUpload) {
    return {
      token: this.#token,
      signal: entry.cancelling.signal,
      sent: (share: number) => {
        entry.sent = share;
        if (share >= 1) entry.state = "drawing";
      },
    };
  }

  #settle(entry: PosterUpload, reply: PosterFileReply): void {
    if (reply.outcome === "refused") {
      entry.problem = say(found().poster, reply.problem);
      entry.state = "refused";
      return;
    }
    entry.file = reply.file;
    entry.state = "kept";
    this.#match(entry);
  }

  #fail(entry: PosterUpload, error: unknown): void {
    const cancelled = error instanceof ApiFailure && error.code === "cancelled";
    entry.state = cancelled ? "cancelled" : "refused";
    entry.problem = failureSentence(error);
  }

  /** Finds a file's team: by the list, else by a municipality in its name. */
  #match(entry: PosterUpload): void {
    const name = plain(baseName(entry.name));
    const named = this.#entries.find(({ file_name }) => file_name !== "" && plain(baseName(file_name)) === name);
    const team = named?.team ?? matchTeam(entry.name, this.#teams());
    const listed = named ?? this.#entries.find((other) => other.team === team);
    entry.team = team;
    if (listed) {
      entry.title = listed.title;
      entry.summary = listed.summary;
    }
  }
}
