// Bytes that are no request, or that two readers could take for two different ones.

import { inferRequest, refused, requestText, type ServerCase } from "../server-case.js";

const BAD = [400, "BAD_REQUEST"] as const;
const HEALTH = "GET /health HTTP/1.1";
const BODY = "0123456789";
const CHUNKED = "0a\r\n0123456789\r\n0\r\n\r\n";

/** A POST whose framing is in these headers. */
function framed(headers: readonly string[], body: string): Uint8Array {
  return requestText("POST /infer HTTP/1.1", ["Content-Type: application/json", ...headers], body);
}

export const SYNTAX_CASES: readonly ServerCase[] = [
  refused("zeros", BAD, new Uint8Array(64)),
  refused("a TLS handshake", BAD, Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, ...new Uint8Array(60))),
  refused("the preface of HTTP/2", BAD, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  refused("a method in small letters", BAD, requestText("get /health HTTP/1.1")),
  refused("a method that nobody knows", BAD, requestText("FROBNICATE /health HTTP/1.1")),
  refused("a line without a version", BAD, "GET /health\r\n\r\n"),
  refused("version 9.9", BAD, requestText("GET /health HTTP/9.9")),
  refused("two spaces in the line", BAD, requestText("GET  /health HTTP/1.1 x")),
  refused("a space before the colon", BAD, requestText(HEALTH, ["X-Name : 1"])),
  refused("a header without a colon", BAD, requestText(HEALTH, ["X-Name"])),
  refused("a name with a bracket", BAD, requestText(HEALTH, ["X(Name): 1"])),
  refused("an empty header name", BAD, requestText(HEALTH, [": 1"])),
  refused("a folded header", BAD, requestText(HEALTH, ["X-Name: 1", " Transfer-Encoding: chunked"])),
  refused("a NUL in a header", BAD, requestText(HEALTH, ["X-Name: a\u0000b"])),
  refused("an escape sequence in a header", BAD, requestText(HEALTH, ["X-Name: \u001b[31m"])),
  refused("a lone CR in a header", BAD, requestText(HEALTH, ["X-Name: a\rX-Other: b"])),
  refused("a lone CR in the line", BAD, "GET /health\rX HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
  refused("LF without CR", BAD, "GET /health HTTP/1.1\nHost: 127.0.0.1\n\n"),
  refused("a negative length", BAD, framed(["Content-Length: -1"], BODY)),
  refused("a length in words", BAD, framed(["Content-Length: ten"], BODY)),
  refused("a length with a plus", BAD, framed(["Content-Length: +10"], BODY)),
  refused("a length in hexadecimal", BAD, framed(["Content-Length: 0xa"], BODY)),
  refused("an empty length", BAD, framed(["Content-Length: "], BODY)),
  refused("a length of 30 digits", BAD, framed([`Content-Length: ${"9".repeat(30)}`], BODY)),
  refused("two lengths", BAD, framed(["Content-Length: 10", "Content-Length: 11"], BODY)),
  refused("the same length twice", BAD, framed(["Content-Length: 10", "Content-Length: 10"], BODY)),
  refused("a list of lengths", BAD, framed(["Content-Length: 10, 10"], BODY)),
  refused("length and chunks", BAD, framed(["Content-Length: 4", "Transfer-Encoding: chunked"], CHUNKED)),
  refused("chunks and length", BAD, framed(["Transfer-Encoding: chunked", "Content-Length: 4"], CHUNKED)),
  refused("an encoding nobody knows", BAD, framed(["Transfer-Encoding: xchunked"], CHUNKED)),
  refused("chunked, then identity", BAD, framed(["Transfer-Encoding: chunked, identity"], CHUNKED)),
  refused("gzip, then chunked", BAD, framed(["Transfer-Encoding: gzip, chunked"], CHUNKED)),
  refused(
    "chunked twice",
    BAD,
    framed(["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], CHUNKED),
  ),
  refused("a space before the colon of the encoding", BAD, framed(["Transfer-Encoding : chunked"], CHUNKED)),
  refused("a vertical tab before chunked", BAD, framed(["Transfer-Encoding: \u000bchunked"], CHUNKED)),
  refused("a chunk of size zz", BAD, framed(["Transfer-Encoding: chunked"], "zz\r\n\r\n")),
  refused("a chunk of size -1", BAD, framed(["Transfer-Encoding: chunked"], "-1\r\n\r\n")),
  refused("a chunk of size 2^72", BAD, framed(["Transfer-Encoding: chunked"], `${"f".repeat(18)}\r\n\r\n`)),
  refused("a chunk longer than it says", BAD, framed(["Transfer-Encoding: chunked"], "3\r\nabcdef\r\n")),
  refused("chunks that end in LF", BAD, framed(["Transfer-Encoding: chunked"], "3\nabc\n0\n\n")),
  refused(
    "a chunk extension of 20 kB",
    [413, "BODY_TOO_LARGE"],
    framed(["Transfer-Encoding: chunked"], `3;${"x".repeat(20_000)}\r\nabc\r\n0\r\n\r\n`),
  ),
  refused("two hosts", [400, "REPEATED_HEADER"], requestText(HEALTH, ["Host: 127.0.0.1", "Host: evil"])),
  refused(
    "two content types",
    [400, "REPEATED_HEADER"],
    inferRequest("{}", "application/json", ["Content-Type: text/plain"]),
  ),
  refused("no host", [400, "BAD_HOST"], "GET /health HTTP/1.1\r\n\r\n"),
  refused("an empty host", [400, "BAD_HOST"], requestText(HEALTH, ["Host: "])),
  refused("a host with a user", [400, "BAD_HOST"], requestText(HEALTH, ["Host: 127.0.0.1@evil"])),
  refused("a host with a path", [400, "BAD_HOST"], requestText(HEALTH, ["Host: 127.0.0.1/evil"])),
  refused("two hosts in one", [400, "BAD_HOST"], requestText(HEALTH, ["Host: 127.0.0.1, evil"])),
  refused("a host of a rebound name", [421, "WRONG_HOST"], requestText(HEALTH, ["Host: evil.example:80"])),
  refused(
    "a page of another site",
    [403, "CROSS_ORIGIN"],
    inferRequest("{}", "application/json", ["Origin: http://evil.example"]),
  ),
  refused("a page without a site", [403, "CROSS_ORIGIN"], requestText(HEALTH, ["Origin: null"])),
  {
    name: "a request hidden behind one without a body",
    act: (wire) => wire.write(Buffer.concat([requestText(HEALTH), Buffer.from("SMUGGLED\r\n\r\n")])),
    expect: [[200], BAD],
  },
  {
    name: "a request hidden behind a body that is too short",
    act: (wire) =>
      wire.write(Buffer.concat([inferRequest("{}"), Buffer.from("0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n")])),
    expect: [[422, "INVALID_INPUT"], BAD],
  },
  {
    name: "a second request with two framings",
    act: (wire) =>
      wire.write(
        Buffer.concat([
          requestText(HEALTH),
          framed(["Content-Length: 4", "Transfer-Encoding: chunked"], CHUNKED),
        ]),
      ),
    expect: [[200], BAD],
  },
];
