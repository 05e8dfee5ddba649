// Bodies that are no input of the model: input "image", float32, N × 1 × 28 × 28.

import { inferRequest, refused, requestText, type ServerCase } from "../server-case.js";

const JSON_CODE = [400, "INVALID_JSON"] as const;
const INPUT = [422, "INVALID_INPUT"] as const;
const ZEROS = JSON.stringify(new Array<number>(784).fill(0));
const BINARY = "application/octet-stream";

/** A JSON body, as it is. */
const json = (name: string, expected: readonly [number, string], body: string | Uint8Array): ServerCase =>
  refused(name, expected, inferRequest(body));
/** The inside of the one input. */
const image = (name: string, inside: string): ServerCase =>
  json(name, INPUT, `{"inputs":{"image":{${inside}}}}`);
const dims = (name: string, text: string): ServerCase => image(name, `"dims":${text},"data":${ZEROS}`);
/** Raw bytes, perhaps with dimensions. */
const raw = (name: string, bytes: number, header?: string): ServerCase =>
  refused(
    name,
    INPUT,
    inferRequest(new Uint8Array(bytes), BINARY, header === undefined ? [] : [`Espalier-Dims: ${header}`]),
  );

export const INPUT_CASES: readonly ServerCase[] = [
  json("an empty body", JSON_CODE, ""),
  json("no JSON", JSON_CODE, "inputs=1"),
  json("100,000 brackets", JSON_CODE, "[".repeat(100_000)),
  json("100,000 objects", JSON_CODE, '{"a":'.repeat(50_000)),
  json("nine levels", JSON_CODE, `{"inputs":${"[".repeat(8)}${"]".repeat(8)}}`),
  json("a key twice", JSON_CODE, '{"inputs":{},"inputs":{}}'),
  json("a key twice, spelt differently", JSON_CODE, '{"inputs":{"image":1,"im\\u0061ge":2}}'),
  json("NaN", JSON_CODE, `{"inputs":{"image":{"dims":[1,1,28,28],"data":[NaN]}}}`),
  json("Infinity", JSON_CODE, `{"inputs":{"image":{"dims":[1,1,28,28],"data":[Infinity]}}}`),
  json("1e400", JSON_CODE, `{"inputs":{"image":{"dims":[1,1,28,28],"data":[1e400]}}}`),
  json("a dimension of 2^53 + 1", JSON_CODE, '{"inputs":{"image":{"dims":[9007199254740993],"data":[]}}}'),
  json("minus zero", JSON_CODE, '{"inputs":{"image":{"dims":[-0],"data":[]}}}'),
  json("a lone surrogate", JSON_CODE, '{"inputs":{"\\ud800":1}}'),
  json("bytes that are no UTF-8", JSON_CODE, Uint8Array.of(0x22, 0xc3, 0x28, 0x22)),
  json("a byte order mark", JSON_CODE, Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d)),
  json("UTF-16", JSON_CODE, Buffer.from("\ufeff{}", "utf16le")),
  json("two documents", JSON_CODE, "{}{}"),
  json("a comment", JSON_CODE, "/* */{}"),
  json("null", INPUT, "null"),
  json("an array", INPUT, "[]"),
  json("a number", INPUT, "1"),
  json("no inputs", INPUT, "{}"),
  json("inputs as a list", INPUT, '{"inputs":[]}'),
  json("no image", INPUT, '{"inputs":{}}'),
  json("__proto__", INPUT, '{"__proto__":{"inputs":{}}}'),
  json("an input called __proto__", INPUT, '{"inputs":{"__proto__":{"dims":[1],"data":[1]}}}'),
  json("an input called constructor", INPUT, '{"inputs":{"constructor":{"dims":[1],"data":[1]}}}'),
  json("an input called <script>", INPUT, '{"inputs":{"<script>alert(1)</script>":{}}}'),
  json("an input called \\r\\n", INPUT, '{"inputs":{"a\\r\\nSet-Cookie: x=1":{}}}'),
  json("a key that nobody reads", INPUT, '{"inputs":{},"model":"../other.onnx"}'),
  json("an input that is a number", INPUT, '{"inputs":{"image":1}}'),
  image("no dims", `"data":${ZEROS}`),
  image("no data", '"dims":[1,1,28,28]'),
  image("another type", `"type":"float64","dims":[1,1,28,28],"data":${ZEROS}`),
  image("a misspelt key", `"shape":[1,1,28,28],"dims":[1,1,28,28],"data":${ZEROS}`),
  dims("dims as text", '"1,1,28,28"'),
  dims("dims as texts", '["1","1","28","28"]'),
  dims("a negative dimension", "[-1,1,28,28]"),
  dims("a dimension of 0", "[0,1,28,28]"),
  dims("half a dimension", "[1.5,1,28,28]"),
  dims("a dimension of 1e308", "[1e308,1,28,28]"),
  dims("dimensions whose product overflows", "[9007199254740991,9007199254740991,28,28]"),
  dims("three dimensions", "[1,28,28]"),
  dims("no dimensions", "[]"),
  dims("10,000 dimensions", JSON.stringify(new Array(10_000).fill(1))),
  dims("another picture", "[1,3,28,28]"),
  dims("a batch of 65", "[65,1,28,28]"),
  dims("a batch larger than its data", "[2,1,28,28]"),
  image("one element too few", `"dims":[1,1,28,28],"data":${JSON.stringify(new Array(783).fill(0))}`),
  image("texts as data", `"dims":[1,1,28,28],"data":${JSON.stringify(new Array(784).fill("0"))}`),
  image("nulls as data", `"dims":[1,1,28,28],"data":${JSON.stringify(new Array(784).fill(null))}`),
  image("nested data", `"dims":[1,1,28,28],"data":[${ZEROS}]`),
  image("data as an object", '"dims":[1,1,28,28],"data":{"length":784}'),
  image("data as base64", '"dims":[1,1,28,28],"data":"AAAA"'),
  image("100,000 elements too many", `"dims":[1,1,28,28],"data":[${"0,".repeat(100_000)}0]`),
  raw("no bytes", 0),
  raw("one byte", 1),
  raw("one byte too few", 3135),
  raw("one byte too many", 3137),
  raw("raw bytes of a batch of 65", 65 * 3136),
  raw("raw bytes of half of what dims say", 3136, "2,1,28,28"),
  raw("dims in words", 3136, "one"),
  raw("dims with a sign", 3136, "-1,1,28,28"),
  raw("dims beyond any number", 3136, "99999999999999999999,1,28,28"),
  raw("dims whose product overflows", 3136, "9007199254740991,9007199254740991,28,28"),
  refused(
    "dims twice",
    [400, "REPEATED_HEADER"],
    inferRequest(new Uint8Array(3136), BINARY, ["Espalier-Dims: 1,1,28,28", "Espalier-Dims: 2,1,28,28"]),
  ),
  refused(
    "a body for the page",
    [405, "METHOD_NOT_ALLOWED"],
    requestText("POST / HTTP/1.1", ["Content-Length: 2", "Content-Type: application/json"], "{}"),
  ),
];
