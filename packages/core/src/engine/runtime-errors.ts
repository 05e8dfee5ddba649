// From what ONNX Runtime says to an EspalierError. Its messages quote names of the model: escaped and cut.

import { EspalierError } from "@espalier/ir";

const LONGEST_MESSAGE = 600;
const OUT_OF_MEMORY =
  /bad_alloc|failed to allocate|allocation failed|out of memory|smaller than requested bytes|cannot allocate memory/i;

const SENTENCES = {
  NOT_RUNNABLE: "The runtime refuses the model",
  RUN_FAILED: "The runtime failed while running the model",
  MEMORY: "The model needs more memory than it may have",
  TIMEOUT: "The model ran too long and was stopped",
} as const;

export type RuntimeErrorCode = keyof typeof SENTENCES;

export function runtimeError(code: RuntimeErrorCode, message: string, cause?: unknown): EspalierError {
  const unblock = {
    NOT_RUNNABLE: undefined,
    RUN_FAILED: undefined,
    MEMORY: "If you trust the model, raise the memory limit.",
    TIMEOUT: "If you trust the model, raise the time limit.",
  }[code];
  const found = escapeMessage(message);
  return new EspalierError(
    code,
    SENTENCES[code],
    unblock === undefined ? { found } : { found, unblock },
    cause === undefined ? {} : { cause },
  );
}

/** Wraps an exception of the runtime; `code` says what was being done. */
export function wrapRuntimeError(code: "NOT_RUNNABLE" | "RUN_FAILED", error: unknown): EspalierError {
  const message = error instanceof Error ? error.message : String(error);
  return runtimeError(OUT_OF_MEMORY.test(message) ? "MEMORY" : code, message, error);
}

export function abortedError(signal: AbortSignal | undefined): EspalierError {
  return new EspalierError("ABORTED", "The work was cancelled", {}, { cause: signal?.reason });
}

/** What an engine said: names of the model inside it escaped, length bounded. */
export function escapeMessage(message: string): string {
  const text = message.trim();
  const cut = text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
  return cut.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g,
    (run) =>
      /^\s+$/.test(run)
        ? " "
        : [...run].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}
