// One hostile client: what it is called, what it does on its socket, and the exact replies it must get.

import type { Wire } from "./wire.js";

/** Status and code; 200 has no code. */
export type Expected = readonly [status: number, code?: string];

export interface ServerCase {
  readonly name: string;
  readonly act: (wire: Wire) => void | Promise<void>;
  /** The replies in their order; "closed" when HTTP leaves the server nothing to say. */
  readonly expect: readonly Expected[] | "closed";
}

/** A client that gets one reply. */
export function refused(
  name: string,
  expected: Expected,
  act: ServerCase["act"] | string | Uint8Array,
): ServerCase {
  return { name, expect: [expected], act: typeof act === "function" ? act : (wire) => wire.write(act) };
}

const CRLF = "\r\n";

/** A whole request; headers as lines. The server is addressed as the manifest expects, unless a Host is given. */
export function requestText(
  line: string,
  headers: readonly string[] = [],
  body: string | Uint8Array = "",
): Uint8Array {
  const host = headers.some((header) => /^host\s*:/i.test(header)) ? [] : ["Host: 127.0.0.1"];
  const head = [line, ...host, ...headers, "", ""].join(CRLF);
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body as string)]);
}

/** POST /infer with a body of that type and its length. */
export function inferRequest(
  body: string | Uint8Array,
  type: string = "application/json",
  headers: readonly string[] = [],
): Uint8Array {
  return requestText(
    "POST /infer HTTP/1.1",
    [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body as string)}`, ...headers],
    body,
  );
}

/** Head of a POST /infer that says what its body is; the body follows. */
export function inferHead(...headers: readonly string[]): Uint8Array {
  return requestText("POST /infer HTTP/1.1", ["Content-Type: application/json", ...headers]);
}
