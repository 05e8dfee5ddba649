// The element types of safetensors by name. Those of less than a byte are not among them.

import { DataType, type DataTypeCode } from "@espalier/ir";

const CODES: ReadonlyMap<string, DataTypeCode> = new Map([
  ["BOOL", DataType.BOOL],
  ["U8", DataType.UINT8],
  ["I8", DataType.INT8],
  ["F8_E5M2", DataType.FLOAT8E5M2],
  ["F8_E4M3", DataType.FLOAT8E4M3FN],
  ["F8_E8M0", DataType.FLOAT8E8M0],
  ["I16", DataType.INT16],
  ["U16", DataType.UINT16],
  ["F16", DataType.FLOAT16],
  ["BF16", DataType.BFLOAT16],
  ["I32", DataType.INT32],
  ["U32", DataType.UINT32],
  ["F32", DataType.FLOAT],
  ["C64", DataType.COMPLEX64],
  ["F64", DataType.DOUBLE],
  ["I64", DataType.INT64],
  ["U64", DataType.UINT64],
]);

const NAMES: ReadonlyMap<DataTypeCode, string> = new Map([...CODES].map(([name, code]) => [code, name]));

/** Names of all types that can be read and written. */
export const SAFETENSORS_TYPES: readonly string[] = [...CODES.keys()];

/** null for a name not known here. */
export function safetensorsCode(name: string): DataTypeCode | null {
  return CODES.get(name) ?? null;
}

/** null for a type the format cannot hold. */
export function safetensorsName(code: DataTypeCode): string | null {
  return NAMES.get(code) ?? null;
}
