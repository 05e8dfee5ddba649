// Clients that send too much, too slowly, or nothing. The server under test has short limits (see its options).

import { inferHead, inferRequest, refused, requestText, type ServerCase } from "../server-case.js";

const TIMEOUT = [408, "REQUEST_TIMEOUT"] as const;
const TOO_LARGE = [413, "BODY_TOO_LARGE"] as const;
const HEADERS = [431, "HEADERS_TOO_LARGE"] as const;
const HEALTH = "GET /health HTTP/1.1";
const KILOBYTE = new Uint8Array(1024).fill(0x20);
const CHUNK = Buffer.concat([Buffer.from("400\r\n"), KILOBYTE, Buffer.from("\r\n")]);

const letters = (text: string): string[] => [...text];
const endlessly = (piece: string, times = 1000): string[] => new Array<string>(times).fill(piece);

export const PACE_CASES: readonly ServerCase[] = [
  refused("nothing", TIMEOUT, () => {}),
  refused("half a request line", TIMEOUT, "GET /hea"),
  refused("headers that stop", TIMEOUT, `${HEALTH}\r\nHost: 127.0.0.1\r\nX-`),
  refused("headers letter by letter", TIMEOUT, (wire) =>
    wire.drip(letters(`${HEALTH}\r\nHost: 127.0.0.1\r\nX-Slow: ${"a".repeat(500)}`), 50),
  ),
  refused("one header after another", TIMEOUT, (wire) =>
    wire.drip([`${HEALTH}\r\n`, ...endlessly("X-Slow: 1\r\n")], 100),
  ),
  refused("a body that never begins", TIMEOUT, inferHead("Content-Length: 1000")),
  refused(
    "a body that stops",
    TIMEOUT,
    Buffer.concat([inferHead("Content-Length: 1000"), KILOBYTE.subarray(999)]),
  ),
  refused("a body byte by byte", TIMEOUT, (wire) => {
    wire.write(inferHead("Content-Length: 1000"));
    return wire.drip(endlessly(" "), 100);
  }),
  refused("chunks of one byte, slowly", TIMEOUT, (wire) => {
    wire.write(inferHead("Transfer-Encoding: chunked"));
    return wire.drip(endlessly("1\r\n \r\n"), 100);
  }),
  refused(
    "a chunk that stops",
    TIMEOUT,
    Buffer.concat([inferHead("Transfer-Encoding: chunked"), CHUNK.subarray(0, 50)]),
  ),
  refused("chunks without an end", TOO_LARGE, (wire) => {
    wire.write(inferHead("Transfer-Encoding: chunked"));
    return wire.flood(CHUNK, 20_000);
  }),
  refused("chunks of one byte without an end", TOO_LARGE, (wire) => {
    wire.write(inferHead("Transfer-Encoding: chunked"));
    return wire.flood(Buffer.from("1\r\n \r\n".repeat(1000)), 2000);
  }),
  refused("a length above the limit", TOO_LARGE, inferHead("Content-Length: 10000000")),
  refused("a length of 10 TB", TOO_LARGE, inferHead("Content-Length: 10000000000000")),
  refused("10 MB that come at once", TOO_LARGE, (wire) => {
    wire.write(inferHead("Content-Length: 10000000"));
    return wire.flood(KILOBYTE, 10_000);
  }),
  refused(
    "too much, with an expectation",
    TOO_LARGE,
    inferHead("Content-Length: 10000000", "Expect: 100-continue"),
  ),
  refused("a header of 20 kB", HEADERS, requestText(HEALTH, [`X-Large: ${"a".repeat(20_000)}`])),
  refused("5,000 headers", HEADERS, requestText(HEALTH, endlessly("X: 1", 5000))),
  refused("headers without an end", HEADERS, (wire) => {
    wire.write(`${HEALTH}\r\n`);
    return wire.flood(Buffer.from("X-Endless: 1\r\n".repeat(80)), 1000);
  }),
  refused("a path of 20 kB", HEADERS, requestText(`GET /${"a".repeat(20_000)} HTTP/1.1`)),
  refused("a line without an end", HEADERS, (wire) => {
    wire.write("GET /");
    return wire.flood(Buffer.from("a".repeat(1024)), 1000);
  }),
  refused(
    "trailers of 20 kB",
    HEADERS,
    Buffer.concat([
      inferHead("Transfer-Encoding: chunked"),
      Buffer.from(`2\r\n{}\r\n0\r\nX-Trailer: ${"a".repeat(20_000)}\r\n\r\n`),
    ]),
  ),
  refused("a body that ends early", [400, "BAD_REQUEST"], (wire) => {
    wire.write(Buffer.concat([inferHead("Content-Length: 1000"), KILOBYTE.subarray(0, 10)]));
    wire.finish();
  }),
  {
    name: "a client that goes away in its body",
    act: (wire) => wire.writeAndVanish(inferHead("Content-Length: 1000")),
    expect: "closed",
  },
  {
    name: "a client that goes away before its reply",
    act: (wire) => wire.writeAndVanish(inferRequest(new Uint8Array(64 * 3136), "application/octet-stream")),
    expect: "closed",
  },
  {
    // Small enough to arrive in one piece, so that all are open when the ninth is looked at.
    name: "twelve requests at once on one connection",
    act: (wire) => wire.write(Buffer.concat(new Array<Uint8Array>(12).fill(requestText(HEALTH)))),
    expect: [
      ...new Array<readonly [number]>(8).fill([200]),
      ...new Array<readonly [number, string]>(4).fill([503, "OVERLOADED"]),
    ],
  },
];
