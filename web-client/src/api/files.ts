/** Files to the server and back (SPEC HT7 to HT11): with progress, so by `XMLHttpRequest`; a file is the whole body. */
import { ApiFailure } from "./http";
import type { ErrorBody } from "../protocol/protocol";

export interface UploadOptions {
  token: string;
  /** How much has been sent, 0 to 1. */
  sent?: (share: number) => void;
  /** A whole line of the answer, as it comes. */
  line?: (line: unknown) => void;
  signal?: AbortSignal;
}

/** Sends a file and gives the answer's text; throws an `ApiFailure` (`cancelled` when the signal said so). */
function send(path: string, file: Blob, { token, sent, line, signal }: UploadOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let read = 0;
    const readLines = (): void => {
      if (!line || request.status !== 200) return;
      for (let end = request.responseText.indexOf("\n", read); end >= 0;) {
        line(JSON.parse(request.responseText.slice(read, end)) as unknown);
        read = end + 1;
        end = request.responseText.indexOf("\n", read);
      }
    };
    const fail = (code: string): void => reject(new ApiFailure(code, ""));
    request.open("POST", path);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    request.upload.onprogress = ({ loaded, total }) => sent?.(total > 0 ? loaded / total : 0);
    request.upload.onload = () => sent?.(1);
    request.onprogress = readLines;
    request.onerror = () => fail("no_connection");
    request.onabort = () => fail("cancelled");
    request.onload = () => {
      if (request.status === 200) {
        readLines();
        resolve(request.responseText);
        return;
      }
      reject(failureOf(request.responseText));
    };
    if (signal?.aborted === true) {
      fail("cancelled");
      return;
    }
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function failureOf(text: string): ApiFailure {
  try {
    const { error } = JSON.parse(text) as Partial<ErrorBody>;
    return new ApiFailure(error?.code ?? "unavailable", error?.message ?? "");
  } catch {
    return new ApiFailure("unavailable", "");
  }
}

/** Sends a file; the answer is JSON. */
export async function upload<T>(path: string, file: Blob, options: UploadOptions): Promise<T> {
  return JSON.parse(await send(path, file, options)) as T;
}

/** Sends a file; the answer comes line by line. */
export async function uploadForLines<T>(
  path: string,
  file: Blob,
  options: Omit<UploadOptions, "line"> & { line: (line: T) => void },
): Promise<void> {
  await send(path, file, { ...options, line: (line) => options.line(line as T) });
}

/** Fetches a file with a token and gives it to the browser to keep under a name. */
export async function download(path: string, token: string, name: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(path, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  } catch {
    throw new ApiFailure("no_connection", "");
  }
  if (!response.ok) throw failureOf(await response.text());
  save(await response.blob(), name);
}

/** Gives a file to whoever asked for it. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
