import { describe, expect, it } from "vitest";
import { codeOf, modelBytes, reluGraph, type TensorInit, wire } from "../../testing/onnx-bytes.js";
import { DataType } from "../data-type.js";
import type { Limits } from "../limits.js";
import type { Tensor } from "../tensor.js";
import { readModel } from "./read-model.js";

function read(tensor: TensorInit, limits: Partial<Limits> = {}): Tensor {
  const model = readModel(modelBytes(reluGraph({ initializer: [{ name: "w", ...tensor } as TensorInit] })), {
    limits,
  });
  return [...model.graph.initializers][0]?.initializer as Tensor;
}

const raw = (length: number): Uint8Array => new Uint8Array(length);
const varints = (...values: (number | bigint)[]): Uint8Array[] => [
  Uint8Array.from(values.flatMap(wire.varint)),
];

describe("readTensor", () => {
  it("gives views of the file", () => {
    const bytes = modelBytes(
      reluGraph({ initializer: [{ name: "w", dataType: 1, dims: [2n], rawData: raw(8) }] }),
    );
    const [w] = readModel(bytes).graph.initializers;
    expect(w?.initializer?.bytes().buffer).toBe(bytes.buffer);
  });

  it.each<[string, TensorInit, number[]]>([
    [
      "float",
      { dataType: DataType.FLOAT, dims: [1n], floatData: [Uint8Array.of(0, 0, 128, 63)] },
      [0, 0, 128, 63],
    ],
    [
      "runs of floats",
      { dataType: 1, dims: [2n], floatData: [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 7, 8)] },
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    [
      "double",
      { dataType: DataType.DOUBLE, dims: [], doubleData: [raw(8).fill(7)] },
      [7, 7, 7, 7, 7, 7, 7, 7],
    ],
    [
      "complex64",
      { dataType: DataType.COMPLEX64, dims: [1n], floatData: [raw(8).fill(3)] },
      [3, 3, 3, 3, 3, 3, 3, 3],
    ],
    [
      "int64",
      { dataType: DataType.INT64, dims: [2n], int64Data: varints(1, -2n) },
      [1, 0, 0, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255],
    ],
    [
      "large int64",
      { dataType: DataType.INT64, dims: [], int64Data: varints(0x0123456789abcdefn) },
      [0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01],
    ],
    [
      "uint64",
      { dataType: DataType.UINT64, dims: [], uint64Data: varints(2n ** 63n) },
      [0, 0, 0, 0, 0, 0, 0, 128],
    ],
    [
      "uint32",
      { dataType: DataType.UINT32, dims: [], uint64Data: varints(0xfffffffe) },
      [254, 255, 255, 255],
    ],
    [
      "int32",
      { dataType: DataType.INT32, dims: [2n], int32Data: varints(-1n, 256) },
      [255, 255, 255, 255, 0, 1, 0, 0],
    ],
    ["int16", { dataType: DataType.INT16, dims: [1n], int32Data: varints(-2n) }, [254, 255]],
    ["int8", { dataType: DataType.INT8, dims: [2n], int32Data: varints(-1n, 5) }, [255, 5]],
    ["bool", { dataType: DataType.BOOL, dims: [3n], int32Data: varints(0, 1, 256) }, [0, 1, 1]],
    ["float16", { dataType: DataType.FLOAT16, dims: [1n], int32Data: varints(0x3c00) }, [0, 0x3c]],
    ["bfloat16", { dataType: DataType.BFLOAT16, dims: [1n], int32Data: varints(0x3f80) }, [0x80, 0x3f]],
    ["float8", { dataType: DataType.FLOAT8E4M3FN, dims: [1n], int32Data: varints(0x38) }, [0x38]],
    ["int4", { dataType: DataType.INT4, dims: [3n], int32Data: varints(0x21, 0x03) }, [0x21, 0x03]],
    ["uint2", { dataType: DataType.UINT2, dims: [5n], int32Data: varints(0xe4, 1) }, [0xe4, 1]],
  ])("unpacks %s stored by type", (_, tensor, expected) => {
    const w = read(tensor);
    expect(w.storage.kind).toBe("typed");
    expect([...w.bytes()]).toEqual(expected);
    expect(w.byteLength).toBe(expected.length);
  });

  it("reads strings", () => {
    const stringData = [Uint8Array.of(0xff), raw(0)];
    const w = read({ dataType: DataType.STRING, dims: [2n], stringData });
    expect(w.storage).toEqual({ kind: "strings", strings: stringData });
  });

  it("takes tensors without elements", () => {
    expect(read({ dataType: 1, dims: [0n, 3n] }).bytes()).toHaveLength(0);
    expect(read({ dataType: 1, dims: [0n, 2n ** 40n], rawData: raw(0) }).size).toBe(0);
    expect(read({ dataType: DataType.STRING, dims: [0n] }).storage.kind).toBe("strings");
  });

  it("keeps tensors of types it does not know", () => {
    expect(read({ dataType: 99, dims: [5n], rawData: raw(3) }).bytes()).toHaveLength(3);
    expect(read({ dataType: 99, dims: [5n], int32Data: varints(1, 2) }).storage.kind).toBe("typed");
  });

  it.each<[string, TensorInit]>([
    ["raw data too short", { dataType: 1, dims: [2n], rawData: raw(7) }],
    ["raw data too long", { dataType: 1, dims: [2n], rawData: raw(9) }],
    ["no data", { dataType: 1, dims: [2n] }],
    ["too few floats", { dataType: 1, dims: [2n], floatData: [raw(4)] }],
    ["too many floats", { dataType: 1, dims: [2n], floatData: [raw(12)] }],
    ["too few numbers", { dataType: 7, dims: [2n], int64Data: varints(1) }],
    ["one complex number for two", { dataType: DataType.COMPLEX64, dims: [2n], floatData: [raw(8)] }],
    ["a number for each int4", { dataType: DataType.INT4, dims: [2n], int32Data: varints(1, 2) }],
    ["too few strings", { dataType: DataType.STRING, dims: [2n], stringData: [raw(1)] }],
    ["a negative dimension", { dataType: 1, dims: [-1n], rawData: raw(4) }],
    ["half a byte too few", { dataType: DataType.UINT4, dims: [3n], rawData: raw(1) }],
  ])("refuses %s as TENSOR_SIZE", (_, tensor) => {
    expect(codeOf(() => read(tensor))).toBe("TENSOR_SIZE");
  });

  it.each<[string, string, TensorInit]>([
    ["AMBIGUOUS", "raw and typed data", { dataType: 1, dims: [1n], rawData: raw(4), floatData: [raw(4)] }],
    [
      "AMBIGUOUS",
      "two typed fields",
      { dataType: 1, dims: [1n], int32Data: varints(1), floatData: [raw(4)] },
    ],
    [
      "AMBIGUOUS",
      "an empty raw_data beside typed data",
      { dataType: 1, dims: [1n], rawData: raw(0), floatData: [raw(4)] },
    ],
    ["AMBIGUOUS", "floats in int32_data", { dataType: 1, dims: [1n], int32Data: varints(1) }],
    ["AMBIGUOUS", "int64 in int32_data", { dataType: 7, dims: [1n], int32Data: varints(1) }],
    ["AMBIGUOUS", "numbers in string_data", { dataType: 1, dims: [1n], stringData: [raw(4)] }],
    ["AMBIGUOUS", "strings in raw_data", { dataType: DataType.STRING, dims: [1n], rawData: raw(4) }],
    [
      "AMBIGUOUS",
      "external data and raw data",
      { dataType: 1, dims: [1n], rawData: raw(4), dataLocation: 1 },
    ],
    [
      "AMBIGUOUS",
      "external data of a tensor that is not external",
      { dataType: 1, dims: [1n], rawData: raw(4), externalData: [{ key: "location", value: "w" }] },
    ],
    ["AMBIGUOUS", "an unknown location", { dataType: 1, dims: [1n], rawData: raw(4), dataLocation: 2 }],
    ["MALFORMED", "no element type", { dims: [1n], rawData: raw(4) }],
    ["MALFORMED", "a float cut off", { dataType: 1, dims: [1n], floatData: [raw(3)] }],
    ["MALFORMED", "floats split across runs", { dataType: 1, dims: [1n], floatData: [raw(2), raw(2)] }],
    ["MALFORMED", "a number cut off", { dataType: 7, dims: [1n], int64Data: [Uint8Array.of(0x80)] }],
    ["MALFORMED", "an overlong number", { dataType: 7, dims: [1n], int64Data: [raw(11).fill(0x80, 0, 10)] }],
    ["UNSUPPORTED", "segments", { dataType: 1, dims: [1n], rawData: raw(4), segment: {} }],
    ["OVERFLOW", "a dimension of 2^53", { dataType: 1, dims: [2n ** 53n] }],
    ["OVERFLOW", "dimensions whose product is 2^64", { dataType: 1, dims: [2n ** 32n, 2n ** 32n] }],
    [
      "OVERFLOW",
      "dimensions whose product overflows before a zero",
      { dataType: 1, dims: [2n ** 52n, 4n, 0n] },
    ],
    ["OVERFLOW", "elements whose bytes overflow", { dataType: 11, dims: [2n ** 52n] }],
    ["LIMIT_EXCEEDED", "a tensor beyond the limit", { dataType: 1, dims: [2n ** 40n] }],
  ])("refuses with %s %s", (code, _, tensor) => {
    expect(codeOf(() => read(tensor))).toBe(code);
  });

  it("refuses metadata keys given twice", () => {
    const metadataProps = [
      { key: "k", value: "1" },
      { key: "k", value: "2" },
    ];
    expect(codeOf(() => read({ dataType: 1, dims: [1n], rawData: raw(4), metadataProps }))).toBe("DUPLICATE");
  });
});
