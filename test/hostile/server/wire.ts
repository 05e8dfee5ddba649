// A raw socket of a client that keeps to no protocol, and a strict reader of what comes back.

import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerCase } from "./server-case.js";

const PATIENCE_MS = 15_000;

export interface Reply {
  readonly status: number;
  /** `error.code` of the body, null where there is none. */
  readonly code: string | null;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Met {
  readonly replies: readonly Reply[];
  /** The server closed the connection, or the client did. */
  readonly closed: boolean;
  /** Bytes that are no reply. */
  readonly rest: number;
  readonly ms: number;
}

/** The client's side. Writes after the end are ignored: a hostile client does not mind. */
export class Wire {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get open(): boolean {
    return this.#socket.writable && !this.#socket.destroyed;
  }

  write(bytes: string | Uint8Array): void {
    if (this.open) this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Writes the pieces with a pause between, until the server has had enough. */
  async drip(pieces: Iterable<string | Uint8Array>, everyMs: number): Promise<void> {
    for (const piece of pieces) {
      if (!this.open) return;
      this.write(piece);
      await sleep(everyMs);
    }
  }

  /** Writes as fast as the server reads. */
  async flood(piece: Uint8Array, times: number): Promise<void> {
    for (let i = 0; i < times && this.open; i++) {
      if (!this.#socket.write(piece))
        await Promise.race([new Promise((resolve) => this.#socket.once("drain", resolve)), sleep(200)]);
    }
  }

  /** Says that nothing more will come, and still listens. */
  finish(): void {
    this.#socket.end();
  }

  /** Goes away with a reset as soon as the bytes are out, before anything is read. */
  writeAndVanish(bytes: Uint8Array): void {
    this.#socket.write(bytes, () => this.#socket.resetAndDestroy());
  }
}

/** Lets a hostile client act, and collects replies until all that are expected are there or the server closes. */
export async function meet(port: number, { act, expect }: ServerCase): Promise<Met> {
  const start = performance.now();
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const chunks: Buffer[] = [];
  const wanted = expect === "closed" ? Number.POSITIVE_INFINITY : expect.length;
  let closed = false;
  const over = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (readReplies(Buffer.concat(chunks)).replies.length >= wanted) resolve();
    });
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        closed = true;
        resolve();
      });
    }
    socket.on("error", () => {}); // "close" follows
  });
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve).once("close", () => resolve());
  });
  const acted = Promise.resolve(act(new Wire(socket)));
  const patience = new AbortController();
  await Promise.race([over, sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
  socket.destroy();
  await acted;
  const { replies, rest } = readReplies(Buffer.concat(chunks));
  return { replies, closed, rest, ms: performance.now() - start };
}

/** Replies with a Content-Length, one after another. 100 Continue is none. */
export function readReplies(bytes: Buffer): { replies: Reply[]; rest: number } {
  const replies: Reply[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\r\n\r\n", at);
    if (end < 0) return { replies, rest: bytes.length - at };
    const [line = "", ...lines] = bytes.toString("latin1", at, end).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(`${line} `)?.[1]);
    if (!(status >= 100)) return { replies, rest: bytes.length - at };
    const headers = new Map(
      lines.map((header): [string, string] => {
        const colon = header.indexOf(":");
        return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
      }),
    );
    const from = end + 4;
    if (status === 100) {
      at = from;
      continue;
    }
    const length = Number(headers.get("content-length"));
    if (!(from + length <= bytes.length)) return { replies, rest: bytes.length - at };
    const body = bytes.toString("utf8", from, from + length);
    replies.push({ status, headers, body, code: codeOf(body) });
    at = from + length;
  }
}

function codeOf(body: string): string | null {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown } };
    return typeof error?.code === "string" ? error.code : null;
  } catch {
    return null;
  }
}
