// Element types of inputs and outputs that the interpreters take, by their ONNX codes.

import { DataType, type DataTypeCode } from "@espalier/ir";
import type { TfliteEngineName } from "./engine-name.js";

const BOTH: readonly DataTypeCode[] = [
  DataType.FLOAT,
  DataType.INT8,
  DataType.UINT8,
  DataType.INT16,
  DataType.INT32,
  DataType.UINT32,
  DataType.BOOL,
];

export const DATA_TYPES_OF: Readonly<Record<TfliteEngineName, readonly DataTypeCode[]>> = {
  litert: [...BOTH, DataType.INT64],
  tfjs: BOTH,
};
