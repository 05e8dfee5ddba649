// The element types that ONNX Runtime's JavaScript border knows: its name, the ONNX code, the typed array
// that carries it. The codes are TensorProto.DataType, written out so that the child processes and workers that
// read this table need not load @espalier/ir.

import type { RuntimeTensor } from "../runtime.js";

type NumericData = Exclude<RuntimeTensor["data"], readonly string[]>;

export interface ElementType {
  readonly code: number;
  /** Name in onnxruntime-common. */
  readonly name: string;
  /** null for strings. */
  readonly array: { new (length: number): NumericData; new (buffer: ArrayBufferLike): NumericData } | null;
  readonly bytes: number;
}

const TABLE: readonly ElementType[] = [
  { code: 1, name: "float32", array: Float32Array, bytes: 4 },
  { code: 2, name: "uint8", array: Uint8Array, bytes: 1 },
  { code: 3, name: "int8", array: Int8Array, bytes: 1 },
  { code: 4, name: "uint16", array: Uint16Array, bytes: 2 },
  { code: 5, name: "int16", array: Int16Array, bytes: 2 },
  { code: 6, name: "int32", array: Int32Array, bytes: 4 },
  { code: 7, name: "int64", array: BigInt64Array, bytes: 8 },
  { code: 8, name: "string", array: null, bytes: 0 },
  { code: 9, name: "bool", array: Uint8Array, bytes: 1 },
  { code: 10, name: "float16", array: Uint16Array, bytes: 2 },
  { code: 11, name: "float64", array: Float64Array, bytes: 8 },
  { code: 12, name: "uint32", array: Uint32Array, bytes: 4 },
  { code: 13, name: "uint64", array: BigUint64Array, bytes: 8 },
];

const BY_CODE = new Map(TABLE.map((type) => [type.code, type]));
const BY_NAME = new Map(TABLE.map((type) => [type.name, type]));

export function elementTypeOfCode(code: number): ElementType | undefined {
  return BY_CODE.get(code);
}

export function elementTypeOfName(name: string): ElementType | undefined {
  return BY_NAME.get(name);
}

/** Product of dimensions; null when it is no count of elements that memory could hold. */
export function elementCount(dims: readonly number[]): number | null {
  let count = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0) return null;
    count *= dim;
    if (!Number.isSafeInteger(count)) return null;
  }
  return count;
}
