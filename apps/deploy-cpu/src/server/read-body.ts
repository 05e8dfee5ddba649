// Reads a request's body within bounds: its length, the memory of the server, the silence between two pieces.
// Pieces are copied together as they come: millions of one-byte chunks must not become millions of objects.

import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.js";

const FIRST_BYTES = 16 * 1024;
/** Every piece costs time, however short: so many are free, and one more for so many bytes. */
const FREE_PIECES = 1024;
const BYTES_PER_PIECE = 256;

export interface BodyRules {
  readonly maxBytes: number;
  readonly silenceMs: number;
  /** Called before memory is taken; false refuses. What was taken is the caller's to give back. */
  take(bytes: number): boolean;
  /** The body moved. */
  onBytes?(): void;
  /** Ends the reading with an error. */
  readonly signal: AbortSignal;
}

/** @throws Refusal `BODY_TOO_LARGE`, `OVERLOADED`, `REQUEST_TIMEOUT`, or the signal's reason */
export function readBody(request: IncomingMessage, rules: BodyRules): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBytes, silenceMs, signal } = rules;
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > maxBytes) return Promise.reject(tooLarge(maxBytes, `${declared} bytes`));
  const sink = new ByteSink(maxBytes, rules.take);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("error", onClose).off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: unknown): void => {
      stop();
      request.pause();
      reject(error);
    };
    const onData = (piece: Buffer): void => {
      timer.refresh();
      rules.onBytes?.();
      const refusal = sink.add(piece);
      if (refusal !== null) fail(refusal);
    };
    const onEnd = (): void => {
      stop();
      resolve(sink.bytes);
    };
    const onClose = (): void => fail(new Refusal("BAD_REQUEST", { where: "body", found: "it ended early" }));
    const onAbort = (): void => fail(signal.reason);
    const onSilence = (): void =>
      fail(new Refusal("REQUEST_TIMEOUT", { where: "body", expected: `a piece every ${silenceMs} ms` }));
    const timer = setTimeout(onSilence, silenceMs);
    signal.addEventListener("abort", onAbort);
    request.on("data", onData).on("end", onEnd).on("error", onClose).on("close", onClose);
    if (signal.aborted) onAbort();
  });
}

/** Bytes one after another in one piece of memory, which grows as they come. */
class ByteSink {
  readonly #maxBytes: number;
  readonly #take: (bytes: number) => boolean;
  #memory = new Uint8Array(0);
  #length = 0;
  #pieces = 0;

  constructor(maxBytes: number, take: (bytes: number) => boolean) {
    this.#maxBytes = maxBytes;
    this.#take = take;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(0, this.#length);
  }

  /** null when there was room. */
  add(piece: Uint8Array): Refusal | null {
    const wanted = this.#length + piece.byteLength;
    if (wanted > this.#maxBytes) return tooLarge(this.#maxBytes, "a longer one");
    this.#pieces += 1;
    if (this.#pieces > FREE_PIECES + wanted / BYTES_PER_PIECE)
      return new Refusal("BODY_TOO_LARGE", {
        expected: "chunks of some size",
        found: `${this.#pieces} in ${wanted} bytes`,
      });
    const room = this.#memory.byteLength;
    if (wanted > room) {
      const more = Math.min(this.#maxBytes, Math.max(FIRST_BYTES, wanted, 2 * room));
      if (!this.#take(more - room)) return new Refusal("OVERLOADED", { found: "memory", retryAfter: 1 });
      const larger = new Uint8Array(more);
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(piece, this.#length);
    this.#length = wanted;
    return null;
  }
}

function tooLarge(maxBytes: number, found: string): Refusal {
  return new Refusal("BODY_TOO_LARGE", {
    expected: `at most ${maxBytes} bytes`,
    found,
    unblock: "Send fewer items in one request; the server's operator can raise --max-body.",
  });
}
