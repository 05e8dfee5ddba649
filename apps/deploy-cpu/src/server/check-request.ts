// What is asked of every request before anybody looks at its body. Names and paths are compared, never resolved:
// there is a table of four paths, and nothing is read from a disk.

import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.js";

/** Two of one of these, and two readers could see two requests. */
const SINGLE = new Set([
  "host",
  "content-length",
  "content-type",
  "content-encoding",
  "transfer-encoding",
  "expect",
  "accept",
  "origin",
  "authorization",
  "espalier-dims",
]);

const MOST_HEADERS = 256;

export interface HostRules {
  /** Names (without port) that the server goes by; null for any. */
  readonly names: ReadonlySet<string> | null;
}

/** Headers. @throws Refusal */
export function checkHeaders(request: IncomingMessage, { names }: HostRules): void {
  const { headers, rawHeaders, httpVersion } = request;
  if (httpVersion !== "1.1" && httpVersion !== "1.0")
    throw new Refusal("BAD_REQUEST", { expected: "HTTP/1.1" });
  // Node counts their bytes, but not what stands between them.
  if (rawHeaders.length > 2 * MOST_HEADERS)
    throw new Refusal("HEADERS_TOO_LARGE", { expected: `at most ${MOST_HEADERS} headers` });
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) throw new Refusal("REPEATED_HEADER", { where: name });
    seen.add(name);
  }
  const { host } = headers;
  if (host === undefined) {
    if (httpVersion !== "1.0") throw new Refusal("BAD_HOST", { found: "none" });
  } else {
    const hostname = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host)?.[1];
    if (hostname === undefined)
      throw new Refusal("BAD_HOST", { found: "something else than a name and a port" });
    // A page whose name was rebound to this machine sends its own.
    if (names !== null && !names.has(hostname.toLowerCase()))
      throw new Refusal("WRONG_HOST", { expected: [...names].join(", ") });
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) throw new Refusal("CROSS_ORIGIN");
  const encoding = headers["transfer-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "chunked")
    throw new Refusal("BAD_REQUEST", { where: "transfer-encoding", expected: "chunked" });
}

/** The path of the request's target; `null` never matches a route. @throws Refusal `BAD_TARGET` */
export function pathOf({ url = "" }: IncomingMessage): string {
  if (!url.startsWith("/"))
    throw new Refusal("BAD_TARGET", {
      expected: "a path that begins with /",
      found: "another form of target",
    });
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

/** The media type of a body: its essence, without parameters. */
export function mediaType(text: string | undefined): string {
  return (text ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** @throws Refusal `UNSUPPORTED_ENCODING`, `LENGTH_REQUIRED` */
export function checkBodyHeaders({ headers }: IncomingMessage): void {
  const encoding = headers["content-encoding"]?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== "identity")
    throw new Refusal("UNSUPPORTED_ENCODING", { where: "content-encoding", expected: "identity" });
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined)
    throw new Refusal("LENGTH_REQUIRED");
}

/** @throws Refusal `UNEXPECTED_BODY` */
export function checkNoBody({ headers }: IncomingMessage): void {
  const length = headers["content-length"];
  if (headers["transfer-encoding"] !== undefined || (length !== undefined && Number(length) !== 0))
    throw new Refusal("UNEXPECTED_BODY");
}
