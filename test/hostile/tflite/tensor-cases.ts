// Files that are FlatBuffers of the schema whose tensors contradict themselves: shapes, sizes of buffers, strings,
// quantisation, sparsity.

import { i8, i32, ints, rawVector, table, vector } from "./flat.js";
import { locate, targetOf } from "./locate.js";
import { bytes, changed, MAIN, one, poked, type TfliteCase, tinyModel, tinyTensor } from "./tflite-case.js";

const SPARSE = `${MAIN}.tensors[4].sparsity`;
const data = (...values: number[]) => table({ 0: rawVector(bytes(...values), values.length, 16) });
const floats = (...values: number[]) =>
  rawVector(new Uint8Array(Float32Array.from(values).buffer), values.length);
const longs = (...values: number[]) =>
  rawVector(new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer), values.length, 8);
const buffers = (...values: number[]) => ({ 4: vector(table(), data(...values)) });

const SHAPES = [
  one(
    "a size of -1",
    "TENSOR_SIZE",
    `${MAIN}.tensors[1].shape[3]`,
    changed(`${MAIN}.tensors[1].shape[3]`, -1),
  ),
  one(
    "a size of -2^31",
    "TENSOR_SIZE",
    `${MAIN}.tensors[0].shape[0]`,
    changed(`${MAIN}.tensors[0].shape[0]`, -(2 ** 31)),
  ),
  one("elements past 2^53", "OVERFLOW", `${MAIN}.tensors[0].shape`, () =>
    tinyTensor({ 0: ints(2 ** 30, 2 ** 30) }),
  ),
  one("elements past 2^53 times 0", "OVERFLOW", `${MAIN}.tensors[0].shape`, () =>
    tinyTensor({ 0: ints(2 ** 30, 2 ** 30, 0) }),
  ),
  one("65 dimensions", "LIMIT_EXCEEDED", `${MAIN}.tensors[0].shape`, () =>
    tinyTensor({ 0: ints(...new Array<number>(65).fill(1)) }),
  ),
  one("a signature of another rank", "AMBIGUOUS", `${MAIN}.tensors[0].shapeSignature`, () =>
    tinyTensor({ 7: ints(-1, 2) }),
  ),
  one(
    "a signature of another size",
    "AMBIGUOUS",
    `${MAIN}.tensors[0].shapeSignature[1]`,
    changed(`${MAIN}.tensors[0].shapeSignature[1]`, 5),
  ),
  one(
    "a signature of -2",
    "AMBIGUOUS",
    `${MAIN}.tensors[0].shapeSignature[0]`,
    changed(`${MAIN}.tensors[0].shapeSignature[0]`, -2),
  ),
  one(
    "a buffer that is too short",
    "TENSOR_SIZE",
    `${MAIN}.tensors[1].buffer`,
    changed(`${MAIN}.tensors[1].shape[3]`, 4),
  ),
  one(
    "a type of 99",
    "UNSUPPORTED_VERSION",
    `${MAIN}.tensors[1].type`,
    changed(`${MAIN}.tensors[1].type`, 99, "i8"),
  ),
  one(
    "a type of -1",
    "UNSUPPORTED_VERSION",
    `${MAIN}.tensors[1].type`,
    changed(`${MAIN}.tensors[1].type`, -1, "i8"),
  ),
  one(
    "int8 data as int16",
    "TENSOR_SIZE",
    `${MAIN}.tensors[1].buffer`,
    changed(`${MAIN}.tensors[1].type`, 7, "i8"),
  ),
  one("data of a variant", "TENSOR_SIZE", `${MAIN}.tensors[0].buffer`, () =>
    tinyTensor({ 1: i8(14), 2: i32(1) }, buffers(1)),
  ),
  one("half a byte too many", "TENSOR_SIZE", `${MAIN}.tensors[0].buffer`, () =>
    tinyTensor({ 0: ints(4), 1: i8(17), 2: i32(1) }, buffers(1, 2, 3)),
  ),
  one("a variable with data", "UNSUPPORTED", `${MAIN}.tensors[0].buffer`, () =>
    tinyTensor({ 2: i32(1), 5: i8(1) }, buffers(0, 0, 0, 0, 0, 0, 0, 0)),
  ),
  one("data in the first buffer", "AMBIGUOUS", "buffers[0].data", () => tinyModel({ 4: vector(data(1)) })),
];

const strings = (count: number, ...values: number[]): (() => Uint8Array) => {
  const content = [...new Uint8Array(Int32Array.from(values).buffer)];
  return () => tinyTensor({ 0: ints(count), 1: i8(5), 2: i32(1) }, buffers(...content));
};
const STRINGS = [
  one("strings without offsets", "TENSOR_SIZE", `${MAIN}.tensors[0].buffer`, strings(2, 2)),
  one("one string too many", "TENSOR_SIZE", `${MAIN}.tensors[0].buffer`, strings(1, 2, 12, 12, 12)),
  one("strings that overlap their offsets", "MALFORMED", `${MAIN}.tensors[0].buffer`, strings(1, 1, 8, 12)),
  one("strings out of order", "MALFORMED", `${MAIN}.tensors[0].buffer`, strings(2, 2, 16, 20, 16, 0)),
  one("strings past the end", "TENSOR_SIZE", `${MAIN}.tensors[0].buffer`, strings(1, 1, 12, 99)),
  one("bytes behind the strings", "TENSOR_SIZE", `${MAIN}.tensors[0].buffer`, strings(1, 1, 12, 12, 0)),
];

const QUANTIZED = `${MAIN}.tensors[1].quantization`;
const QUANTIZATION = [
  one("scales without zero points", "MALFORMED", `${MAIN}.tensors[0].quantization.zeroPoint`, () =>
    tinyTensor({ 4: table({ 2: floats(1) }) }),
  ),
  one("two zero points for one scale", "MALFORMED", `${MAIN}.tensors[0].quantization.zeroPoint`, () =>
    tinyTensor({ 4: table({ 2: floats(1), 3: longs(0, 0) }) }),
  ),
  one("three scales for two slices", "MALFORMED", `${MAIN}.tensors[0].quantization.scale`, () =>
    tinyTensor({ 4: table({ 2: floats(1, 1, 1), 3: longs(0, 0, 0) }) }),
  ),
  one("dimension 1 of 1", "INDEX_RANGE", `${MAIN}.tensors[0].quantization.quantizedDimension`, () =>
    tinyTensor({ 4: table({ 2: floats(1, 1), 3: longs(0, 0), 6: i32(1) }) }),
  ),
  one("dimension -1", "INDEX_RANGE", `${MAIN}.tensors[0].quantization.quantizedDimension`, () =>
    tinyTensor({ 4: table({ 2: floats(1, 1), 3: longs(0, 0), 6: i32(-1) }) }),
  ),
  one(
    "a scale that is no number",
    "NONFINITE",
    `${QUANTIZED}.scale[1]`,
    changed(`${QUANTIZED}.scale[1]`, Number.NaN, "f32"),
  ),
  one(
    "an infinite scale",
    "NONFINITE",
    `${QUANTIZED}.scale[0]`,
    changed(`${QUANTIZED}.scale[0]`, Number.POSITIVE_INFINITY, "f32"),
  ),
  one("a negative scale", "MALFORMED", `${QUANTIZED}.scale[0]`, changed(`${QUANTIZED}.scale[0]`, -1, "f32")),
  one("a scale of 0", "opens", "", changed(`${QUANTIZED}.scale[0]`, 0, "f32")),
  one(
    "zero point 128 of int8",
    "MALFORMED",
    `${QUANTIZED}.zeroPoint[0]`,
    changed(`${QUANTIZED}.zeroPoint[0]`, 128, "i64"),
  ),
  one(
    "zero point 2^62",
    "OVERFLOW",
    `${QUANTIZED}.zeroPoint`,
    changed(`${QUANTIZED}.zeroPoint[0]`, 2 ** 62, "i64"),
  ),
  one("a range without an upper bound", "MALFORMED", `${MAIN}.tensors[0].quantization.max`, () =>
    tinyTensor({ 4: table({ 0: floats(1) }) }),
  ),
];

const level = `${SPARSE}.dimMetadata[1]`;
const segment = (i: number) => (file: Uint8Array) =>
  locate(file, `${level}.arraySegments.values[${i}]`, 1).at;
const place = (i: number) => (file: Uint8Array) => locate(file, `${level}.arrayIndices.values[${i}]`, 1).at;
const SPARSITY = [
  one("a level twice", "MALFORMED", `${SPARSE}.traversalOrder[1]`, changed(`${SPARSE}.traversalOrder[1]`, 0)),
  one(
    "level 3 of 3",
    "INDEX_RANGE",
    `${SPARSE}.traversalOrder[1]`,
    changed(`${SPARSE}.traversalOrder[1]`, 3),
  ),
  one(
    "a block before its dimension",
    "AMBIGUOUS",
    `${SPARSE}.traversalOrder[1]`,
    changed(`${SPARSE}.traversalOrder[1]`, 2),
  ),
  one(
    "a level too few",
    "MALFORMED",
    `${SPARSE}.traversalOrder`,
    poked((file) => targetOf(file, `${SPARSE}.traversalOrder`), "u32", 2),
  ),
  one(
    "a description too few",
    "MALFORMED",
    `${SPARSE}.dimMetadata`,
    poked((file) => targetOf(file, `${SPARSE}.dimMetadata`), "u32", 2),
  ),
  one(
    "blocks of dimension 2 of 2",
    "INDEX_RANGE",
    `${SPARSE}.blockMap[0]`,
    changed(`${SPARSE}.blockMap[0]`, 2),
  ),
  one(
    "a block that does not divide",
    "MALFORMED",
    `${SPARSE}.dimMetadata[2]`,
    changed(`${SPARSE}.dimMetadata[2].denseSize`, 3),
  ),
  one(
    "a block of 0",
    "MALFORMED",
    `${SPARSE}.dimMetadata[2]`,
    changed(`${SPARSE}.dimMetadata[2].denseSize`, 0),
  ),
  one(
    "a block of 4 for indices of blocks of 2",
    "INDEX_RANGE",
    `${level}.arrayIndices`,
    changed(`${SPARSE}.dimMetadata[2].denseSize`, 4),
  ),
  one(
    "a dense level of another size",
    "MALFORMED",
    `${SPARSE}.dimMetadata[0].denseSize`,
    changed(`${SPARSE}.dimMetadata[0].denseSize`, 5),
  ),
  one("a level dense and sparse", "AMBIGUOUS", level, changed(`${level}.format`, 0, "i8")),
  one("a level of format 2", "UNSUPPORTED_VERSION", `${level}.format`, changed(`${level}.format`, 2, "i8")),
  one("segments that begin at 1", "MALFORMED", `${level}.arraySegments`, poked(segment(0), "i8", 1)),
  one("segments that end early", "MALFORMED", `${level}.arraySegments`, poked(segment(4), "i8", 2)),
  one("segments out of order", "MALFORMED", `${level}.arraySegments`, poked(segment(3), "i8", 0)),
  one("places that do not ascend", "MALFORMED", `${level}.arrayIndices`, poked(segment(1), "i8", 3)),
  one("a segment past the indices", "MALFORMED", `${level}.arraySegments`, poked(segment(2), "i8", 9)),
  one("place 2 of 2", "INDEX_RANGE", `${level}.arrayIndices`, poked(place(0), "i8", 2)),
  one(
    "segments too few",
    "MALFORMED",
    `${level}.arraySegments`,
    poked((file) => targetOf(file, `${level}.arraySegments.values`), "u32", 4),
  ),
  one(
    "a place too few",
    "MALFORMED",
    `${level}.arraySegments`,
    poked((file) => targetOf(file, `${level}.arrayIndices.values`), "u32", 2),
  ),
  one(
    "sparse without data",
    "TENSOR_SIZE",
    `${MAIN}.tensors[4].buffer`,
    changed(`${MAIN}.tensors[4].buffer`, 0),
  ),
];

export const TENSOR_CASES: readonly TfliteCase[] = [...SHAPES, ...STRINGS, ...QUANTIZATION, ...SPARSITY];
