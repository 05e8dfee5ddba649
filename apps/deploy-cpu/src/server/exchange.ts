// One request and its reply. Sees to it that there is exactly one reply, that a connection with an unread body is
// closed without cutting the reply off, and that memory taken for either is given back.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { MemoryLedger } from "./memory-ledger.js";
import { Refusal, refusalHeaders, refusalText } from "./refusal.js";

/**
 * With a body that nobody reads the connection stays open for so long after the reply: closing at once would destroy
 * the reply on its way. So much of the body is taken in; then the client is left to wait.
 */
export const LINGER_MS = 2000;
const LINGER_BYTES = 256 * 1024;
const LINGER_PIECES = 256;

/** `closing`: the reply is out, and the connection only waits for its client to see it. */
export type Stage = "receiving" | "working" | "replying" | "closing";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly since: number = performance.now();
  /** When the body last moved, or the stage changed. */
  movedAt: number = this.since;
  stage: Stage = "receiving";
  readonly #abort = new AbortController();
  readonly #ledger: MemoryLedger;
  readonly #replyMs: number;
  #taken = 0;
  #replied = false;
  #ended = false;

  constructor(request: IncomingMessage, response: ServerResponse, ledger: MemoryLedger, replyMs: number) {
    this.request = request;
    this.response = response;
    this.#ledger = ledger;
    this.#replyMs = replyMs;
  }

  /** Aborts when the exchange ends early: its client has gone, or it was refused meanwhile. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get replied(): boolean {
    return this.#replied;
  }

  enter(stage: Stage): void {
    this.stage = stage;
    this.movedAt = performance.now();
  }

  /** Takes memory until the exchange is over. */
  take(bytes: number): boolean {
    if (this.#ended || !this.#ledger.take(bytes)) return false;
    this.#taken += bytes;
    return true;
  }

  /** @param close no further request on this connection */
  reply({ status, headers, body }: Reply, close: boolean): void {
    if (this.#replied || this.response.destroyed) return;
    this.#replied = true;
    this.enter("replying");
    const { request, response } = this;
    const unread = hasBody(request) && !request.complete;
    response.writeHead(status, {
      ...headers,
      "content-length": String(body.byteLength),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...(close || unread ? { connection: "close" } : {}),
    });
    // A client that does not fetch its reply.
    const timer = setTimeout(() => request.socket.destroy(), this.#replyMs);
    response.once("close", () => clearTimeout(timer));
    if (!unread) {
      response.end(body);
      return;
    }
    response.write(body);
    this.enter("closing");
    this.#linger(() => response.end());
  }

  /** @param stopping no further request on this connection, whatever the refusal */
  refuse(error: unknown, stopping: boolean): Refusal {
    const refusal = error instanceof Refusal ? error : new Refusal("INTERNAL", {}, { cause: error });
    this.reply(
      {
        status: refusal.status,
        headers: { "content-type": "application/json; charset=utf-8", ...refusalHeaders(refusal) },
        body: new TextEncoder().encode(refusalText(refusal)),
      },
      stopping || !refusal.harmless,
    );
    // Whatever still works for it can stop.
    this.#abort.abort(refusal);
    return refusal;
  }

  /** Ends reading with `refusal`; the handler replies with it. */
  fail(refusal: Refusal): void {
    this.#abort.abort(refusal);
  }

  /** The connection is done with it. */
  end(): void {
    this.#ended = true;
    this.#ledger.give(this.#taken);
    this.#taken = 0;
    this.#abort.abort(new Refusal("BAD_REQUEST"));
  }

  #linger(done: () => void): void {
    const { request } = this;
    let bytes = 0;
    let pieces = 0;
    const finish = (): void => {
      clearTimeout(timer);
      request.off("data", count).off("end", finish).off("error", finish).off("close", finish);
      done();
    };
    const count = (piece: Buffer): void => {
      bytes += piece.byteLength;
      pieces += 1;
      if (bytes > LINGER_BYTES || pieces > LINGER_PIECES) request.pause();
    };
    const timer = setTimeout(finish, LINGER_MS);
    request.on("data", count).on("end", finish).on("error", finish).on("close", finish);
    request.resume();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}
