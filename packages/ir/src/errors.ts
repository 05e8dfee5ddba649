// One error class for everything Espalier refuses. Codes are stable and listed in `error-codes.ts`;
// programmer mistakes use plain `Error`.

import type { ErrorCode } from "./error-codes.js";

/** What an error tells beside its message. All fields are plain data, safe to print as JSON. */
export interface ErrorContext {
  /** Name of the node in the user's model, as a graph viewer shows it. */
  readonly node?: string;
  readonly opType?: string;
  readonly opset?: number;
  /** Name of the value (tensor) in the user's model. */
  readonly value?: string;
  /** File, option or JSON pointer the problem is in. */
  readonly where?: string;
  readonly expected?: string;
  readonly found?: string;
  /** What the user can do about it. */
  readonly unblock?: string;
  /** Name of the limit that was met (`LIMIT_EXCEEDED`). */
  readonly limit?: string;
}

/**
 * The one error of Espalier.
 *
 * The message says what, where, expected, found and what to do; `code` is for programs. Narrow with
 * {@link isEspalierError}, not `instanceof`: two copies of this module may be loaded.
 */
export class EspalierError extends Error {
  override readonly name: string = "EspalierError";
  readonly code: ErrorCode;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, what: string, context: ErrorContext = {}, options?: { cause?: unknown }) {
    super(`[${code}] ${describe(what, context)}`, options);
    this.code = code;
    this.context = context;
  }
}

/** True when `error` is an {@link EspalierError} (with this `code`, when one is given). */
export function isEspalierError(error: unknown, code?: ErrorCode): error is EspalierError {
  if (!(error instanceof Error) || error.name !== "EspalierError") return false;
  return code === undefined || (error as EspalierError).code === code;
}

const LONGEST_QUOTE = 200;

/** Names come from the file and may be hostile: control characters escaped, length bounded. */
export function quoteName(name: string): string {
  const cut = name.length > LONGEST_QUOTE ? `${name.slice(0, LONGEST_QUOTE)}…` : name;
  // JSON escapes C0 controls; the rest are line separators, C1 controls and bidirectional overrides.
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function describe(what: string, context: ErrorContext): string {
  const parts = [what];
  if (context.node !== undefined || context.opType !== undefined) {
    const kind = [context.opType, context.opset && `opset ${context.opset}`].filter(Boolean);
    const name = context.node === undefined ? "a node" : `node ${quoteName(context.node)}`;
    parts.push(`at ${name}${kind.length ? ` (${kind.join(", ")})` : ""}`);
  }
  if (context.value !== undefined) parts.push(`value ${quoteName(context.value)}`);
  if (context.where !== undefined) parts.push(`in ${context.where}`);
  if (context.expected !== undefined) parts.push(`expected ${context.expected}`);
  if (context.found !== undefined) parts.push(`found ${context.found}`);
  const sentence = parts.join("; ");
  return context.unblock === undefined ? sentence : `${sentence}. ${context.unblock}`;
}
