// Elements of a constant tensor for shape arithmetic: only of small, numeric tensors that are at hand.

import { DataType, isFloating } from "../data-type.js";
import { isEspalierError } from "../errors.js";
import { rawByteLength, type Tensor } from "../tensor.js";
import { readFloats, readIntegers } from "../tensor-values.js";
import { contentsSize } from "./contents.js";

/** Elements of `tensor`; null when it is large, not numeric, incomplete, or in a file that is missing. */
export function contentsOfTensor(tensor: Tensor): number[] | null {
  if (contentsSize(tensor.dims) === null || !READABLE.has(tensor.dataType)) return null;
  try {
    if (tensor.bytes().byteLength !== rawByteLength(tensor.dataType, tensor.dims)) return null;
    return isFloating(tensor.dataType) ? [...readFloats(tensor)] : readIntegers(tensor);
  } catch (error) {
    if (isEspalierError(error)) return null;
    throw error;
  }
}

const READABLE: ReadonlySet<number> = new Set([
  DataType.FLOAT,
  DataType.DOUBLE,
  DataType.FLOAT16,
  DataType.BFLOAT16,
  DataType.BOOL,
  DataType.INT8,
  DataType.INT16,
  DataType.INT32,
  DataType.INT64,
  DataType.UINT8,
  DataType.UINT16,
  DataType.UINT32,
  DataType.UINT64,
]);
