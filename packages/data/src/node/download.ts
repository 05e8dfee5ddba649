// Fetches a published file. It arrives whole and as published, or not at all: the size is known before and never
// exceeded, the digest is compared before anybody sees a byte.

import { createHash } from "node:crypto";
import { abortedError, type ProgressListener } from "@espalier/core";
import { EspalierError, isEspalierError } from "@espalier/ir";
import type { PublishedFile } from "./published-file.js";

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  /** Longest silence of a server, in milliseconds. @default 30 s */
  readonly silenceMs?: number;
}

const SILENCE_MS = 30_000;
/** What is expected before there is any content. */
const [ANSWER, FOUND] = ["an answer", "200"];

/**
 * The file, from the first of its addresses that has it.
 *
 * @throws EspalierError `DOWNLOAD_FAILED` with what each address answered, `ABORTED`
 */
export async function download(file: PublishedFile, options: DownloadOptions = {}): Promise<Uint8Array> {
  const failures: EspalierError[] = [];
  for (const url of file.urls) {
    try {
      return await fetchFile(url, file, options);
    } catch (error) {
      if (!isEspalierError(error, "DOWNLOAD_FAILED")) throw error;
      failures.push(error);
    }
  }
  const [only] = failures;
  if (only !== undefined && failures.length === 1) throw only;
  throw new EspalierError(
    "DOWNLOAD_FAILED",
    "No address has the file",
    {
      where: file.path,
      expected: `one of ${file.urls.length} addresses to answer`,
      found: failures.map(answerOf).join("; "),
    },
    { cause: failures },
  );
}

/** What each address answered, of an error that {@link download} threw: "https://…: 404 Not Found; …". */
export function answersOf(error: EspalierError): string {
  return Array.isArray(error.cause) ? (error.context.found ?? "") : answerOf(error);
}

function answerOf({ context: { where, expected, found } }: EspalierError): string {
  return `${where}: ${found}${expected === ANSWER || expected === FOUND ? "" : ` instead of ${expected}`}`;
}

async function fetchFile(
  url: string,
  file: PublishedFile,
  { signal, onProgress, silenceMs = SILENCE_MS }: DownloadOptions,
): Promise<Uint8Array> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceMs);
  };
  try {
    if (signal?.aborted) throw abortedError(signal);
    const either = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
    const response = await fetch(url, { signal: either, headers: { "accept-encoding": "identity" } });
    heard();
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw failed(url, FOUND, `${response.status} ${response.statusText}`);
    }
    const bytes = new Uint8Array(file.bytes);
    let done = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      heard();
      // Leaving the loop cancels the transfer.
      if (chunk.length > file.bytes - done) throw failed(url, `${file.bytes} bytes`, "more");
      bytes.set(chunk, done);
      done += chunk.length;
      onProgress?.({ phase: `downloading ${file.path}`, done, total: file.bytes, unit: "bytes" });
    }
    if (done < file.bytes) throw failed(url, `${file.bytes} bytes`, `${done} bytes`);
    const digest = sha256(bytes);
    if (digest !== file.sha256) throw failed(url, `sha256 ${file.sha256}`, digest);
    return bytes;
  } catch (error) {
    if (isEspalierError(error)) throw error;
    if (signal?.aborted) throw abortedError(signal);
    const found = silence.signal.aborted ? `silence for ${silenceMs / 1000} s` : reasonOf(error);
    throw failed(url, ANSWER, found, error);
  } finally {
    clearTimeout(timer);
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== "" ? `${message}: ${cause.message}` : message;
}

function failed(where: string, expected: string, found: string, cause?: unknown): EspalierError {
  return new EspalierError(
    "DOWNLOAD_FAILED",
    "The file could not be downloaded",
    { where, expected, found },
    { cause },
  );
}
