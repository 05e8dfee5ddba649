// Tensors: dimensions, sizes, typed data against raw data, and where external data may point to.

import { hostile, overLimit } from "../case.js";
import { externalTensor, modelOf, packed, tensor, valueInfo, zeros } from "../onnx-wire.js";
import { bytes, concat, int, len, repeat, text, utf8, varint } from "../wire.js";

const of = (...initializers: readonly Uint8Array[]): Uint8Array => modelOf({ initializers });
const w = (fields: Omit<Parameters<typeof tensor>[0], "name">): Uint8Array =>
  of(tensor({ name: "w", ...fields }));
const at = (...entries: readonly (readonly [string, string])[]): Uint8Array =>
  of(externalTensor("w", [2], entries));
const where = (location: string): Uint8Array => at(["location", location], ["length", "8"]);
const f32 = (...values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

export const TENSOR_CASES = [
  // Dimensions
  hostile("dimension -1", "TENSOR_SIZE", () => w({ dims: [-1], raw: bytes() })),
  hostile("two negative dimensions", "TENSOR_SIZE", () => w({ dims: [-2, -2], raw: f32(1, 2, 3, 4) })),
  hostile("dimension 2^53 + 1", "OVERFLOW", () => w({ dims: [2n ** 53n + 1n] })),
  hostile("dimension 2^63 - 1", "OVERFLOW", () => w({ dims: [2n ** 63n - 1n] })),
  hostile("dimension -2^63", "OVERFLOW", () => w({ dims: [-(2n ** 63n)] })),
  hostile("product 2^54", "OVERFLOW", () => w({ dims: [2 ** 27, 2 ** 27] })),
  hostile("product wraps 2^64 to 0", "OVERFLOW", () => w({ dims: [2 ** 32, 2 ** 32], raw: bytes() })),
  hostile("product wraps 2^64 to 4", "OVERFLOW", () => w({ dims: [2n ** 31n, 2n ** 31n, 4n], raw: f32(1) })),
  hostile("0 after an overflowing product", "OVERFLOW", () => w({ dims: [2 ** 40, 2 ** 40, 0] })),
  hostile("0 and 2^40", "opens", () => w({ dims: [0, 2 ** 40] })),
  hostile("no elements", "opens", () => w({ dims: [0] })),
  hostile("2^31 floats without data", "LIMIT_EXCEEDED", () => w({ dims: [2 ** 31] }), {
    limit: "tensorBytes",
  }),
  hostile("rank 65", "LIMIT_EXCEEDED", () => w({ dims: Array(65).fill(1), raw: f32(1) }), { limit: "rank" }),
  hostile("rank 64", "opens", () => w({ dims: Array(64).fill(1), raw: f32(1) })),
  hostile(
    "rank 100 000",
    "LIMIT_EXCEEDED",
    () => of(concat(repeat(int(1, 1), 100_000), int(2, 1), text(8, "w"))),
    { limit: "rank", amplifies: true },
  ),
  hostile(
    "input of rank 20 000",
    "LIMIT_EXCEEDED",
    () => modelOf({ inputs: [valueInfo("x", Array(20_000).fill(1))] }),
    { limit: "rank", amplifies: true },
  ),
  hostile("input dimension 2^53 + 1", "OVERFLOW", () =>
    modelOf({ inputs: [valueInfo("x", [2n ** 53n + 1n])] }),
  ),
  hostile("input dimension -1", "opens", () => modelOf({ inputs: [valueInfo("x", [-1])] })),
  hostile("input dimension of an empty name", "opens", () => modelOf({ inputs: [valueInfo("x", [""])] })),
  // Raw data
  hostile("raw data short", "TENSOR_SIZE", () => w({ dims: [2], raw: f32(1) })),
  hostile("raw data long", "TENSOR_SIZE", () => w({ dims: [2], raw: f32(1, 2, 3) })),
  hostile("raw data of half a float", "TENSOR_SIZE", () => w({ dims: [1], raw: bytes(0, 0) })),
  hostile("raw data missing", "TENSOR_SIZE", () => w({ dims: [2] })),
  hostile("raw data for no elements", "TENSOR_SIZE", () => w({ dims: [0], raw: f32(1) })),
  hostile("scalar", "opens", () => w({ raw: f32(1) })),
  hostile("no element type", "MALFORMED", () => w({ dims: [1], type: 0, raw: f32(1) })),
  hostile("NaN and infinity", "opens", () =>
    w({ dims: [3], raw: f32(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) }),
  ),
  hostile("segment", "UNSUPPORTED", () =>
    w({ dims: [1], raw: f32(1), more: [len(3, int(1, 0), int(2, 1))] }),
  ),
  hostile("int4 data short", "TENSOR_SIZE", () => w({ dims: [3], type: 22, raw: bytes(0) })),
  overLimit("tensor over the limit", "tensorBytes", 100, () => of(zeros("w", [26]))),
  // Typed data
  hostile("typed and raw data", "AMBIGUOUS", () => w({ dims: [1], raw: f32(1), more: [len(4, f32(2))] })),
  hostile("two typed fields", "AMBIGUOUS", () => w({ dims: [1], more: [len(4, f32(2)), packed(7, [1])] })),
  hostile("typed data of another type", "AMBIGUOUS", () => w({ dims: [1], more: [packed(7, [1])] })),
  hostile("float_data short", "TENSOR_SIZE", () => w({ dims: [2], more: [len(4, f32(1))] })),
  hostile("float_data long", "TENSOR_SIZE", () => w({ dims: [2], more: [len(4, f32(1, 2, 3))] })),
  hostile("float_data ends within a number", "MALFORMED", () =>
    w({ dims: [1], more: [len(4, bytes(1, 2, 3))] }),
  ),
  hostile("float_data not packed", "UNSUPPORTED", () => w({ dims: [1], more: [bytes(0x25, 0, 0, 0, 0)] })),
  hostile("float_data in two runs", "opens", () => w({ dims: [2], more: [len(4, f32(1)), len(4, f32(2))] })),
  hostile("int64_data short", "TENSOR_SIZE", () => w({ dims: [3], type: 7, more: [packed(7, [1, 2])] })),
  hostile("int64_data ends within a number", "MALFORMED", () =>
    w({ dims: [1], type: 7, more: [len(7, bytes(0x80))] }),
  ),
  hostile("int64_data with a number of eleven bytes", "MALFORMED", () =>
    w({ dims: [1], type: 7, more: [len(7, varint(1, 11))] }),
  ),
  hostile("string tensor short", "TENSOR_SIZE", () => w({ dims: [2], type: 8, more: [len(6, utf8("a"))] })),
  hostile("string tensor as raw data", "AMBIGUOUS", () => w({ dims: [1], type: 8, raw: utf8("a") })),
  hostile("string data of a float tensor", "AMBIGUOUS", () => w({ dims: [1], more: [len(6, utf8("a"))] })),
  hostile("sparse tensor without values", "MALFORMED", () => modelOf({ more: [len(15, int(3, 4))] })),
  // External data: what the model says
  hostile("external data and raw data", "AMBIGUOUS", () =>
    of(externalTensor("w", [2], [["location", "w"]], [len(9, f32(1, 2))])),
  ),
  hostile("external entries in a tensor that is not external", "AMBIGUOUS", () =>
    w({ dims: [1], raw: f32(1), more: [len(13, text(1, "location"), text(2, "w"))] }),
  ),
  hostile("data_location 7", "AMBIGUOUS", () => w({ dims: [1], raw: f32(1), more: [int(14, 7)] })),
  hostile("location twice", "DUPLICATE", () => at(["location", "a"], ["location", "b"])),
  hostile("unknown key", "UNSUPPORTED", () => at(["location", "a"], ["loader", "x"])),
  hostile("__proto__ as a key", "UNSUPPORTED", () => at(["location", "a"], ["__proto__", "x"])),
  hostile("basepath", "EXTERNAL_PATH", () => at(["location", "a"], ["basepath", "/etc"])),
  hostile("no location", "EXTERNAL_PATH", () => at(["length", "8"])),
  hostile("location ..", "EXTERNAL_PATH", () => where("..")),
  hostile("location ../w", "EXTERNAL_PATH", () => where("../w")),
  hostile("location sub/../../w", "EXTERNAL_PATH", () => where("sub/../../w")),
  hostile("location a/../w, which stays inside", "EXTERNAL_PATH", () => where("a/../w")),
  hostile("absolute location", "EXTERNAL_PATH", () => where("/etc/passwd")),
  hostile("location with two slashes", "EXTERNAL_PATH", () => where("//host/share")),
  hostile("drive letter", "EXTERNAL_PATH", () => where("C:\\w.bin")),
  hostile("drive letter, relative", "EXTERNAL_PATH", () => where("C:w.bin")),
  hostile("UNC path", "EXTERNAL_PATH", () => where("\\\\host\\share\\w")),
  hostile("backslashes upwards", "EXTERNAL_PATH", () => where("..\\w")),
  hostile("file URL", "EXTERNAL_PATH", () => where("file:///etc/passwd")),
  hostile("NUL in a location", "EXTERNAL_PATH", () => where("w\0.bin")),
  hostile("line break in a location", "EXTERNAL_PATH", () => where("w\n.bin")),
  hostile("location that ends in a dot", "EXTERNAL_PATH", () => where("w.bin.")),
  hostile("location that ends in a space", "EXTERNAL_PATH", () => where("w.bin ")),
  hostile("location that ends in a slash", "EXTERNAL_PATH", () => where("sub/")),
  hostile("location .", "EXTERNAL_PATH", () => where(".")),
  hostile("alternate stream", "EXTERNAL_PATH", () => where("w.bin:stream")),
  hostile("address marker of ONNX Runtime", "EXTERNAL_PATH", () => where("*/_ORT_MEM_ADDR_/*")),
  hostile("percent-encoded dots are a plain name", "opens", () => where("%2e%2e")),
  hostile("location of 5 000 bytes", "LIMIT_EXCEEDED", () => where("w".repeat(5000)), { limit: "nameBytes" }),
  hostile("offset -1", "MALFORMED", () => at(["location", "w"], ["offset", "-1"])),
  hostile("offset in hexadecimal", "MALFORMED", () => at(["location", "w"], ["offset", "0x10"])),
  hostile("offset 1e3", "MALFORMED", () => at(["location", "w"], ["offset", "1e3"])),
  hostile("empty offset", "MALFORMED", () => at(["location", "w"], ["offset", ""])),
  hostile("offset 2^53 + 1", "OVERFLOW", () => at(["location", "w"], ["offset", "9007199254740993"])),
  hostile("offset of 400 digits", "MALFORMED", () => at(["location", "w"], ["offset", "9".repeat(400)])),
  hostile("length of another size", "TENSOR_SIZE", () => at(["location", "w"], ["length", "9"])),
  hostile("two tensors share a part of a range", "AMBIGUOUS", () =>
    of(
      externalTensor("w", [2], [["location", "w"]]),
      externalTensor(
        "v",
        [2],
        [
          ["location", "w"],
          ["offset", "4"],
        ],
      ),
    ),
  ),
  hostile("two names for one file share a part", "AMBIGUOUS", () =>
    of(
      externalTensor("w", [2], [["location", "./w"]]),
      externalTensor(
        "v",
        [2],
        [
          ["location", "w"],
          ["offset", "4"],
        ],
      ),
    ),
  ),
  hostile("two tensors share a whole range", "opens", () =>
    of(externalTensor("w", [2], [["location", "w"]]), externalTensor("v", [2], [["location", "w"]])),
  ),
  overLimit("external data over the limit", "externalBytes", 10, () =>
    of(
      externalTensor("w", [2], [["location", "w"]]),
      externalTensor(
        "v",
        [2],
        [
          ["location", "w"],
          ["offset", "8"],
        ],
      ),
    ),
  ),
];
