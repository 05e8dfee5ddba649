// A static site on this machine: a built page and named files, with the headers that a test is about.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

export const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export const STRICT_CSP = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'",
};

export interface Site {
  readonly origin: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  /** Files beside those of the folder, by path. */
  readonly files: Map<string, Uint8Array>;
  close(): Promise<void>;
}

/**
 * Serves `folder`.
 *
 * @param fallback answers for a path that `pattern` matches, as a server does whose start page answers everything
 */
export async function serveSite(
  folder: string,
  headers: Readonly<Record<string, string>> = {},
  fallback: { readonly pattern: RegExp; readonly status: number; readonly body: string } | null = null,
): Promise<Site> {
  const files = new Map<string, Uint8Array>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    requests.push(path);
    if (fallback?.pattern.test(path)) {
      response.writeHead(fallback.status, { ...headers, "content-type": "text/html" }).end(fallback.body);
      return;
    }
    const bytes = files.get(path);
    if (bytes !== undefined) {
      response.writeHead(200, { ...headers, "content-type": "application/octet-stream" }).end(bytes);
      return;
    }
    const file = join(folder, normalize(path === "/" ? "/index.html" : path));
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      response.writeHead(404, headers).end();
      return;
    }
    response.writeHead(200, {
      ...headers,
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    files,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
