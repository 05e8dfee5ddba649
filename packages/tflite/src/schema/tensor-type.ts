// What an element of each tensor type takes in a buffer. Elements below a byte are packed, the first in the low bits.

import type { TensorType } from "./enums.js";

const BITS: Readonly<Record<TensorType, number | null>> = {
  FLOAT32: 32,
  FLOAT16: 16,
  INT32: 32,
  UINT8: 8,
  INT64: 64,
  STRING: null,
  BOOL: 8,
  INT16: 16,
  COMPLEX64: 64,
  INT8: 8,
  FLOAT64: 64,
  COMPLEX128: 128,
  UINT64: 64,
  RESOURCE: null,
  VARIANT: null,
  UINT32: 32,
  UINT16: 16,
  INT4: 4,
  BFLOAT16: 16,
  INT2: 2,
  UINT4: 4,
  FLOAT8_E4M3FN: 8,
  FLOAT8_E5M2: 8,
};

/** Bits of one element; null for strings (their own format) and for resources and variants (no data in a file). */
export function bitsOfTensorType(type: TensorType): number | null {
  return BITS[type];
}

/** Smallest and largest integer of a type that tensors are quantised to; null for all other types. */
export function quantizedRange(type: TensorType): readonly [lowest: number, highest: number] | null {
  const bits = BITS[type];
  if (bits === null || bits > 32) return null;
  if (type.startsWith("INT")) return [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  return type.startsWith("UINT") ? [0, 2 ** bits - 1] : null;
}
