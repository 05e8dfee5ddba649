// Paths, methods and media types that are not the server's.

import { inferRequest, refused, requestText, type ServerCase } from "../server-case.js";

const NOT_FOUND = [404, "NOT_FOUND"] as const;
const METHOD = [405, "METHOD_NOT_ALLOWED"] as const;
const TARGET = [400, "BAD_TARGET"] as const;
const TYPE = [415, "UNSUPPORTED_TYPE"] as const;

const PATHS = [
  "/../../etc/passwd",
  "/..%2f..%2f..%2fetc%2fpasswd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/%252e%252e%252fetc%252fpasswd",
  "/..%5c..%5cwindows%5cwin.ini",
  "/..%c0%af..%c0%afetc/passwd",
  "/.%00./etc/passwd",
  "/health/../../etc/passwd",
  "/infer/../health",
  "//health",
  "//evil.example/health",
  "/./health",
  "/health/",
  "/health%00",
  "/health;x=1",
  "/%68ealth",
  "/HEALTH",
  "/receipt.json",
  "/model.onnx",
  "/.git/config",
  "/__proto__",
  "/constructor",
  "/<script>alert(1)</script>",
];

export const TARGET_CASES: readonly ServerCase[] = [
  ...PATHS.map((path) => refused(`path ${path}`, NOT_FOUND, requestText(`GET ${path} HTTP/1.1`))),
  refused("a path of 8 kB", NOT_FOUND, requestText(`GET /${"a/../".repeat(1600)} HTTP/1.1`)),
  refused("an absolute target", TARGET, requestText("GET http://127.0.0.1/health HTTP/1.1")),
  refused("the target of another host", TARGET, requestText("GET http://evil.example/ HTTP/1.1")),
  refused("a file as target", [400, "BAD_REQUEST"], requestText("GET file:///etc/passwd HTTP/1.1 x")),
  refused("OPTIONS *", TARGET, requestText("OPTIONS * HTTP/1.1")),
  refused("CONNECT", METHOD, requestText("CONNECT evil.example:443 HTTP/1.1")),
  ...["PUT", "DELETE", "PATCH", "OPTIONS", "GET", "PROPFIND"].map((method) =>
    refused(`${method} /infer`, METHOD, requestText(`${method} /infer HTTP/1.1`)),
  ),
  ...["POST", "TRACE", "PURGE"].map((method) =>
    refused(`${method} /health`, METHOD, requestText(`${method} /health HTTP/1.1`)),
  ),
  refused(
    "GET with a body",
    [400, "UNEXPECTED_BODY"],
    requestText("GET /health HTTP/1.1", ["Content-Length: 5"], "hello"),
  ),
  refused(
    "GET with chunks",
    [400, "UNEXPECTED_BODY"],
    requestText("GET / HTTP/1.1", ["Transfer-Encoding: chunked"], "0\r\n\r\n"),
  ),
  refused("no type", TYPE, requestText("POST /infer HTTP/1.1", ["Content-Length: 2"], "{}")),
  ...["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "*/*"].map(
    (type) => refused(`type ${type}`, TYPE, inferRequest("{}", type)),
  ),
  ...["gzip", "br", "deflate", "zstd", "identity, gzip", "GZIP"].map((encoding) =>
    refused(
      `encoding ${encoding}`,
      [415, "UNSUPPORTED_ENCODING"],
      inferRequest("{}", "application/json", [`Content-Encoding: ${encoding}`]),
    ),
  ),
  refused(
    "a reply as a picture",
    [406, "NOT_ACCEPTABLE"],
    inferRequest(new Uint8Array(3136), "application/octet-stream", ["Accept: image/png"]),
  ),
  refused(
    "an expectation that cannot be met",
    [417, "EXPECTATION_FAILED"],
    inferRequest("{}", "application/json", ["Expect: 200-ok"]),
  ),
  refused("no length", [411, "LENGTH_REQUIRED"], (wire) => {
    wire.write(requestText("POST /infer HTTP/1.1", ["Content-Type: application/json"]));
  }),
];
