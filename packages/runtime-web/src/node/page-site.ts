// The server of the one page that is driven from Node. It serves a table made at its start, from this package's
// own build and an engine's files, on the loopback interface alone and below a secret path: other pages of this
// machine's browsers can neither read nor write here.

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const PAGE = `<!doctype html><title>Espalier</title><script type="module" src="dist/page/relay.js"></script>`;

/** What a page serves of its engine. Paths are relative to the page; `dist/` is taken. */
export interface PageContents {
  /** Files by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Modules that are made for the page, such as the script that starts a worker. */
  readonly modules: ReadonlyMap<string, string>;
  /** Whether the engine makes functions from text. */
  readonly evaluates: boolean;
}

export type ReplyListener = (kind: "message" | "error", body: Uint8Array) => void;

export interface PageSite {
  readonly url: string;
  /** Offers a message to be fetched once; gives its path. */
  offer(message: Uint8Array): string;
  /** Hears what the worker `id` replies. */
  listen(id: string, listener: ReplyListener | null): void;
  close(): Promise<void>;
}

type Entry = { readonly type: string; readonly body: () => Promise<Uint8Array | string> };

export async function servePage(
  contents: PageContents,
  { isolated }: { readonly isolated: boolean },
): Promise<PageSite> {
  const secret = randomBytes(16).toString("hex");
  const table = pageTable(contents);
  const offered = new Map<string, Uint8Array>();
  const listeners = new Map<string, ReplyListener>();
  const headers = {
    "content-security-policy": policy(contents),
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    ...(isolated ? ISOLATION : {}),
  };
  let messages = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, given, ...rest] = (request.url ?? "").split("/");
    const path = rest.join("/");
    const [, kind, id = ""] = /^replies\/(message|error)\/(\w+)$/.exec(path) ?? [];
    const message = offered.get(path);
    const entry = table.get(path);
    if (given !== secret) response.writeHead(404).end();
    else if (request.method === "POST" && kind !== undefined) {
      listeners.get(id)?.(kind as "message" | "error", await bodyOf(request));
      response.writeHead(204, headers).end();
    } else if (message !== undefined) {
      offered.delete(path);
      response.writeHead(200, {
        ...headers,
        "content-type": "application/octet-stream",
        "cache-control": "no-store",
      });
      response.end(message);
    } else if (entry !== undefined) {
      response.writeHead(200, { ...headers, "content-type": entry.type, "cache-control": "max-age=3600" });
      response.end(await entry.body());
    } else response.writeHead(404, headers).end();
  };

  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((ready, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", ready);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secret}/`,
    offer(bytes) {
      const path = `messages/${++messages}`;
      offered.set(path, bytes);
      return path;
    },
    listen(id, listener) {
      if (listener === null) listeners.delete(id);
      else listeners.set(id, listener);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function policy({ evaluates }: PageContents): string {
  const scripts = evaluates ? "'self' 'unsafe-eval'" : "'self' 'wasm-unsafe-eval'";
  return `default-src 'none'; script-src ${scripts}; worker-src 'self'; connect-src 'self'`;
}

function pageTable({ files, modules }: PageContents): Map<string, Entry> {
  const table = new Map<string, Entry>([["", { type: "text/html; charset=utf-8", body: async () => PAGE }]]);
  const file = (path: string, name: string) =>
    table.set(path, {
      type: name.endsWith(".wasm") ? "application/wasm" : "text/javascript",
      body: () => readFile(name),
    });
  for (const folder of ["worker", "page"]) {
    for (const name of readdirSync(join(distFolder(), folder))) {
      if (/^[\w-]+\.js$/.test(name)) file(`dist/${folder}/${name}`, join(distFolder(), folder, name));
    }
  }
  file("dist/web-gpu.js", join(distFolder(), "web-gpu.js"));
  for (const [path, name] of files) file(path, name);
  for (const [path, source] of modules)
    table.set(path, { type: "text/javascript", body: async () => source });
  return table;
}

/** This package's build, also where this module runs from its source. */
function distFolder(): string {
  return fileURLToPath(new URL("../../dist/", import.meta.url));
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
}
