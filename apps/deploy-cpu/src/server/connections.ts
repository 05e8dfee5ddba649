// The open connections. When there are too many, the one that does least gives way: first those that never sent a
// whole request, then idle ones, then those whose body has stopped. So thousands of idle or dripping connections
// do not keep a client out that has something to ask.

import type { Server } from "node:http";
import type { Socket } from "node:net";
import { type Exchange, LINGER_MS } from "./exchange.js";
import type { ServerLimits } from "./limits.js";
import { Refusal, refusalText } from "./refusal.js";

/** A body that moved within this time is not stalled. */
const STALL_MS = 1000;
/** The client may have gone. */
const GONE = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

interface Connection {
  readonly socket: Socket;
  /** In the order in which they came, which is that of the replies. */
  readonly exchanges: Set<Exchange>;
  /** When it was opened or last finished an exchange. */
  idleSince: number;
  /** Exchanges finished. */
  served: number;
  /** What came after the last exchange was no request: said once the replies before it are out. */
  broken: Refusal | null;
  /** Nothing more is read from it. */
  deaf: boolean;
}

export class Connections {
  readonly #limits: ServerLimits;
  readonly #open = new Map<Socket, Connection>();
  readonly #onRefusal: (refusal: Refusal) => void;
  #whenEmpty: (() => void) | null = null;
  #draining = false;
  /** Connections that had to give way. */
  evicted = 0;

  constructor(limits: ServerLimits, onRefusal: (refusal: Refusal) => void) {
    this.#limits = limits;
    this.#onRefusal = onRefusal;
  }

  get size(): number {
    return this.#open.size;
  }

  watch(server: Server): void {
    server.on("connection", (socket) => this.#admit(socket));
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => this.#failed(error, socket as Socket));
  }

  /** Takes an exchange in; how many its connection has open now. */
  begin(exchange: Exchange): number {
    const { socket } = exchange.request;
    const connection = this.#open.get(socket);
    if (connection === undefined) return 1;
    connection.exchanges.add(exchange);
    exchange.response.once("close", () => {
      exchange.end();
      connection.exchanges.delete(exchange);
      connection.served += 1;
      connection.idleSince = performance.now();
      if (connection.exchanges.size > 0) return;
      if (connection.broken !== null) this.#close(connection);
      // Its reply was written before the server began to stop, and said that there may be more.
      else if (this.#draining) socket.destroySoon();
    });
    return connection.exchanges.size;
  }

  /** Makes room for memory: the request whose body has been silent longest is closed. */
  evictStalled(): boolean {
    return this.#evict((connection) => (stalledSince(connection) === null ? null : 0), stalledSince);
  }

  /** Resolves when all are closed; after `ms` they are destroyed. */
  async drain(ms: number): Promise<void> {
    this.#draining = true;
    for (const connection of this.#open.values()) {
      if (connection.exchanges.size === 0) connection.socket.destroySoon();
    }
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        for (const { socket } of this.#open.values()) socket.destroy();
      }, ms);
      this.#whenEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #admit(socket: Socket): void {
    if (this.#open.size >= this.#limits.connections && !this.#evict(rank, ({ idleSince }) => idleSince)) {
      const refusal = new Refusal("OVERLOADED", { found: "connections", retryAfter: 1 });
      this.#onRefusal(refusal);
      closeWith(socket, refusal);
      return;
    }
    const connection = {
      socket,
      exchanges: new Set<Exchange>(),
      idleSince: performance.now(),
      served: 0,
      broken: null,
      deaf: false,
    };
    this.#open.set(socket, connection);
    socket.once("close", () => {
      // Replies that were still queued behind another get no "close" of their own.
      for (const exchange of connection.exchanges) exchange.end();
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#whenEmpty?.();
    });
  }

  /** Closes the connection of the lowest rank, the longest idle among those; false when all have a rank of null. */
  #evict(rankOf: (one: Connection) => number | null, sinceOf: (one: Connection) => number | null): boolean {
    let found: Connection | null = null;
    let foundRank = Number.POSITIVE_INFINITY;
    let foundSince = Number.POSITIVE_INFINITY;
    for (const connection of this.#open.values()) {
      const own = rankOf(connection);
      const since = sinceOf(connection) ?? Number.POSITIVE_INFINITY;
      if (own === null || own > foundRank || (own === foundRank && since >= foundSince)) continue;
      found = connection;
      foundRank = own;
      foundSince = since;
    }
    if (found === null) return false;
    this.evicted += 1;
    this.#open.delete(found.socket);
    found.socket.destroy();
    return true;
  }

  /** What the parser or the timers of Node say about a connection. */
  #failed(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection === undefined || GONE.has(error.code ?? "")) {
      socket.destroy();
      return;
    }
    if (connection.deaf) {
      socket.pause(); // it goes on all the same: it is left to wait
      return;
    }
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    connection.deaf = true;
    const refusal = refusalOf(error);
    const last = [...connection.exchanges].at(-1);
    if (last?.stage === "receiving" && !last.request.complete) {
      // The body of this request is what is wrong; its handler replies.
      last.fail(refusal);
      return;
    }
    connection.broken = refusal;
    if (connection.exchanges.size === 0) this.#close(connection);
  }

  #close({ socket, broken, exchanges }: Connection): void {
    if (broken === null || exchanges.size > 0 || !socket.writable) return;
    this.#onRefusal(broken);
    closeWith(socket, broken);
  }
}

/** Who gives way first: 0 never sent a request or is being closed, 1 idle, 2 a stalled body; null stays. */
function rank(connection: Connection): number | null {
  const { exchanges, served, deaf } = connection;
  if (exchanges.size === 0) return served === 0 || deaf ? 0 : 1;
  if ([...exchanges].every(({ stage }) => stage === "closing")) return 0;
  return stalledSince(connection) === null ? null : 2;
}

function stalledSince({ exchanges }: Connection): number | null {
  const now = performance.now();
  let since = Number.POSITIVE_INFINITY;
  for (const { stage, movedAt } of exchanges) {
    if (stage !== "receiving" || now - movedAt < STALL_MS) return null;
    since = Math.min(since, movedAt);
  }
  return exchanges.size === 0 ? null : since;
}

function refusalOf({ code = "" }: NodeJS.ErrnoException): Refusal {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Refusal("REQUEST_TIMEOUT");
  if (code === "HPE_HEADER_OVERFLOW") return new Refusal("HEADERS_TOO_LARGE");
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW")
    return new Refusal("BODY_TOO_LARGE", { found: "chunk extensions" });
  return new Refusal("BAD_REQUEST", /^HPE_[A-Z_]+$/.test(code) ? { found: code } : {});
}

/** A reply where there is no request to reply to. */
export function closeWith(socket: Socket, refusal: Refusal): void {
  const body = refusalText(refusal);
  const { retryAfter, allow } = refusal.context;
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} Refused`,
      "content-type: application/json; charset=utf-8",
      `content-length: ${Buffer.byteLength(body)}`,
      "cache-control: no-store",
      "x-content-type-options: nosniff",
      ...(retryAfter === undefined ? [] : [`retry-after: ${retryAfter}`]),
      ...(allow === undefined ? [] : [`allow: ${allow}`]),
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
  // Not at once: with something unread, closing destroys what was sent.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}
