// Element types of ONNX in TFLite. All floats are computed in 32 bits, and 64-bit integers have 32: kernels and browsers take
// no others.

import { DataType, type DataTypeCode } from "@espalier/ir";
import type { TensorType } from "../schema/enums.js";

const TYPES: ReadonlyMap<DataTypeCode, TensorType> = new Map([
  [DataType.FLOAT, "FLOAT32"],
  [DataType.FLOAT16, "FLOAT32"],
  [DataType.BFLOAT16, "FLOAT32"],
  [DataType.DOUBLE, "FLOAT32"],
  [DataType.INT64, "INT32"],
  [DataType.INT32, "INT32"],
  [DataType.INT16, "INT16"],
  [DataType.INT8, "INT8"],
  [DataType.UINT8, "UINT8"],
  [DataType.BOOL, "BOOL"],
]);

/** null for types that have no counterpart. */
export function tfliteType(type: DataTypeCode): TensorType | null {
  return TYPES.get(type) ?? null;
}
