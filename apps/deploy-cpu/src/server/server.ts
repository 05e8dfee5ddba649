// The server: a table of four paths in front of the processes of the model. On node:http and nothing else, so that
// every byte that a client sends is read by code whose limits are set here.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EspalierError } from "@espalier/ir";
import { Codec } from "../infer/codec.js";
import type { Log } from "../log/log.js";
import { checkHeaders, checkNoBody, type HostRules, pathOf } from "./check-request.js";
import { Connections, closeWith } from "./connections.js";
import { Exchange, type Reply } from "./exchange.js";
import { type InferContext, infer } from "./infer-route.js";
import { bodyLimit, type ServerLimits } from "./limits.js";
import { MemoryLedger } from "./memory-ledger.js";
import { healthReply, latencyReply, pageReply } from "./pages.js";
import { Refusal } from "./refusal.js";
import type { ServedModel } from "./served-model.js";
import { Statistics } from "./statistics.js";

const CHECK_EVERY_MS = 500;
const READ_AHEAD_BYTES = 4096;
const SUMMARY_MS = 10_000;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1", "[::1]"]);

export interface ServerOptions {
  readonly model: ServedModel;
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** Names that clients may call the server by, beside its address; null for any. */
  readonly names: readonly string[] | null;
  readonly limits: ServerLimits;
  readonly log: Log;
}

export interface ModelServer {
  readonly address: string;
  readonly port: number;
  /** Stops taking connections, finishes what is in flight, ends the processes of the model. */
  stop(): Promise<void>;
}

type Handler = (exchange: Exchange) => Reply | Promise<Reply>;

interface Route {
  readonly method: "GET" | "POST";
  readonly handle: Handler;
}

/** @throws EspalierError `IO` when the port cannot be had */
export async function startServer(options: ServerOptions): Promise<ModelServer> {
  const server = new RunningServer(options);
  await server.listen();
  return server;
}

class RunningServer implements ModelServer {
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #ledger: MemoryLedger;
  readonly #statistics = new Statistics();
  readonly #codec: Codec;
  readonly #hosts: HostRules;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #summary: NodeJS.Timeout;
  #stopping: Promise<void> | null = null;

  constructor(options: ServerOptions) {
    const { model, limits, host, names } = options;
    this.#options = options;
    this.#ledger = new MemoryLedger(limits.bufferedBytes);
    this.#codec = new Codec(model.inputs, {
      depth: limits.jsonDepth,
      batch: limits.batch,
      bytes: limits.responseBytes,
    });
    this.#connections = new Connections(limits, ({ code }) => this.#statistics.refused(code));
    this.#hosts = {
      names: names === null ? null : new Set([...(LOOPBACK.has(host) ? LOOPBACK : [host]), ...names]),
    };
    const context: InferContext = {
      model,
      codec: this.#codec,
      limits,
      bodyBytes: bodyLimit(model.inputs, limits),
      statistics: this.#statistics,
      makeRoom: () => this.#connections.evictStalled(),
    };
    const get = (handle: Handler): Route => ({ method: "GET", handle });
    this.#routes = new Map([
      ["/", get(() => pageReply(model, this.#statistics, this.address))],
      ["/health", get(() => healthReply(model, this.#statistics, this.#stopping !== null))],
      ["/latency", get(() => latencyReply(model, this.#statistics))],
      ["/infer", { method: "POST", handle: (exchange) => infer(exchange, context) }],
    ]);
    this.#server = createServer({
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      requireHostHeader: false, // asked for here, with a code
      insecureHTTPParser: false,
      joinDuplicateHeaders: false,
      noDelay: true,
      // What is read ahead of a request that nobody reads: thousands of one-byte chunks would take their time.
      highWaterMark: READ_AHEAD_BYTES,
    });
    // Bytes bound them; beyond a count Node would drop headers without a word.
    this.#server.maxHeadersCount = 0;
    this.#listenTo(this.#server);
    this.#summary = setInterval(() => this.#logSummary(), SUMMARY_MS);
    this.#summary.unref();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    const { host } = this.#options;
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", (cause: NodeJS.ErrnoException) =>
        reject(
          new EspalierError(
            "IO",
            "The server cannot listen there",
            { where: `${host}:${port}`, found: cause.code ?? cause.message, unblock: "Name another --port." },
            { cause },
          ),
        ),
      );
      this.#server.listen({ host, port, backlog: 511 }, () => resolve());
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { limits, model, log } = this.#options;
    log.event("stopping", { connections: this.#connections.size, waiting: model.pool.waiting });
    clearInterval(this.#summary);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#connections.drain(limits.stopMs);
    this.#server.closeAllConnections();
    await closed;
    await Promise.all([model.pool.close(), this.#codec.close()]);
    this.#logSummary();
  }

  #listenTo(server: Server): void {
    this.#connections.watch(server);
    server.on("request", (request, response) => void this.#handle(request, response));
    // The client waits with its body: it is asked for once the headers have passed.
    server.on("checkContinue", (request, response) => void this.#handle(request, response));
    server.on(
      "checkExpectation",
      (request, response) => void this.#handle(request, response, new Refusal("EXPECTATION_FAILED")),
    );
    server.on("connect", (_, socket) => {
      this.#statistics.refused("METHOD_NOT_ALLOWED");
      closeWith(socket as never, new Refusal("METHOD_NOT_ALLOWED", { allow: "GET, HEAD, POST" }));
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse, refusal?: Refusal): Promise<void> {
    if (!request.socket.writable) return;
    const { limits } = this.#options;
    // "error" without a listener would end the process.
    request.on("error", () => {});
    response.on("error", () => {});
    const exchange = new Exchange(request, response, this.#ledger, limits.replyMs);
    const open = this.#connections.begin(exchange);
    try {
      if (this.#stopping !== null) throw new Refusal("STOPPING", { retryAfter: 1 });
      if (open > limits.pipelined)
        throw new Refusal("OVERLOADED", {
          where: "connection",
          expected: `at most ${limits.pipelined} requests at a time`,
          retryAfter: 1,
        });
      checkHeaders(request, this.#hosts);
      if (refusal !== undefined) throw refusal;
      const route = this.#route(request);
      const reply = await route.handle(exchange);
      exchange.reply(reply, this.#stopping !== null);
    } catch (error) {
      const refused = exchange.refuse(error, this.#stopping !== null);
      this.#statistics.refused(refused.code);
      if (refused.code === "INTERNAL") this.#options.log.event("internal-error", { error: describe(error) });
    }
  }

  #route(request: IncomingMessage): Route {
    const route = this.#routes.get(pathOf(request));
    if (route === undefined)
      throw new Refusal("NOT_FOUND", { expected: [...this.#routes.keys()].join(", ") });
    const { method } = request;
    const allowed = route.method === "GET" ? ["GET", "HEAD"] : ["POST"];
    if (method === undefined || !allowed.includes(method))
      throw new Refusal("METHOD_NOT_ALLOWED", { expected: allowed.join(" or "), allow: allowed.join(", ") });
    if (route.method === "GET") checkNoBody(request);
    return route;
  }

  #lastServed = 0;
  #lastRefused = 0;

  #logSummary(): void {
    const { count, p50Ms, p99Ms } = this.#statistics.total.all;
    const { refusals } = this.#statistics;
    const refused = Object.values(refusals).reduce((sum, n) => sum + n, 0);
    if (count === this.#lastServed && refused === this.#lastRefused) return;
    this.#lastServed = count;
    this.#lastRefused = refused;
    this.#options.log.event("served", {
      requests: count,
      p50Ms,
      p99Ms,
      refused: refusals,
      connections: this.#connections.size,
      evicted: this.#connections.evicted,
      bufferedBytes: this.#ledger.used,
    });
  }
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}`.slice(0, 500) : "not an Error";
}
