// A small static server with the right headers. It answers GET and HEAD for the files of its table, to the names that
// it may be called by; everything else is refused in plain text: a start page that answered every path would be taken
// for an engine or a network.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { COMMON, ISOLATION, policyOf } from "../site/policy.js";
import type { ServedFile } from "./file-table.js";

const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
const CONNECTIONS = 256;

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** Isolated from other origins: what threads need. */
  readonly isolated: boolean;
  /** Names beside those of this machine that requests may call it by: a page elsewhere can bend its own name to it. */
  readonly names: readonly string[];
  /** Hears of what went wrong. */
  readonly onFailure: (error: unknown) => void;
}

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startServer(
  table: ReadonlyMap<string, ServedFile>,
  options: ServerOptions,
): Promise<PageServer> {
  const names = new Set(["localhost", "127.0.0.1", "[::1]", options.host, ...options.names]);
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 1000 },
    (request, response) => {
      answer(request, response, table, names, options.isolated).catch((error) => {
        options.onFailure(error);
        if (response.headersSent) response.destroy();
        else refuse(response, 500, "This file cannot be served; the log says why.");
      });
    },
  );
  server.maxConnections = CONNECTIONS;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  table: ReadonlyMap<string, ServedFile>,
  names: ReadonlySet<string>,
  isolated: boolean,
): Promise<void> {
  if (!names.has(nameOf(request.headers.host))) return refuse(response, 421, "This server has another name.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return refuse(response, 405, "Only GET and HEAD.");
  }
  const file = table.get(pathOf(request.url ?? "/"));
  if (file === undefined) return refuse(response, 404, "There is nothing at this path.");
  const policy = policyOf(file.path);
  const headers = {
    ...COMMON,
    ...(isolated ? ISOLATION : {}),
    ...(policy === null ? {} : { "content-security-policy": policy }),
    "cache-control": file.path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    etag: file.etag,
    vary: "accept-encoding",
  };
  if (request.headers["if-none-match"] === file.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const accepted = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const gzipped = accepted ? await file.gzipped() : null;
  const body = gzipped ?? (await file.body());
  response.writeHead(200, {
    ...headers,
    "content-type": file.type,
    "content-length": body.byteLength,
    ...(gzipped === null ? {} : { "content-encoding": "gzip" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** As it was sent: names of files need no escapes, so none are decoded. */
function pathOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? "/";
  return path === "/" ? "index.html" : path.slice(1);
}

function nameOf(host: string | undefined): string {
  return (host ?? "").replace(/:\d+$/, "").toLowerCase();
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...COMMON,
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(`${text}\n`);
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((ready, failed) => {
    server.once("error", failed);
    server.listen(port, host, ready);
  });
}
