// ONNX element types: numbers as in TensorProto.DataType. Types this table does not know still pass
// through reading and writing untouched; they only cannot be sliced.

export const DataType = {
  UNDEFINED: 0,
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 17,
  FLOAT8E4M3FNUZ: 18,
  FLOAT8E5M2: 19,
  FLOAT8E5M2FNUZ: 20,
  UINT4: 21,
  INT4: 22,
  FLOAT4E2M1: 23,
  FLOAT8E8M0: 24,
  UINT2: 25,
  INT2: 26,
} as const;

/** An ONNX element type code; may be one that {@link DataType} does not name. */
export type DataTypeCode = number;

const BITS: ReadonlyMap<DataTypeCode, number> = new Map([
  [DataType.FLOAT, 32],
  [DataType.UINT8, 8],
  [DataType.INT8, 8],
  [DataType.UINT16, 16],
  [DataType.INT16, 16],
  [DataType.INT32, 32],
  [DataType.INT64, 64],
  [DataType.BOOL, 8],
  [DataType.FLOAT16, 16],
  [DataType.DOUBLE, 64],
  [DataType.UINT32, 32],
  [DataType.UINT64, 64],
  [DataType.COMPLEX64, 64],
  [DataType.COMPLEX128, 128],
  [DataType.BFLOAT16, 16],
  [DataType.FLOAT8E4M3FN, 8],
  [DataType.FLOAT8E4M3FNUZ, 8],
  [DataType.FLOAT8E5M2, 8],
  [DataType.FLOAT8E5M2FNUZ, 8],
  [DataType.UINT4, 4],
  [DataType.INT4, 4],
  [DataType.FLOAT4E2M1, 4],
  [DataType.FLOAT8E8M0, 8],
  [DataType.UINT2, 2],
  [DataType.INT2, 2],
]);

/** Bits of one element as stored in raw data; null for strings and types not known here. */
export function bitsPerElement(type: DataTypeCode): number | null {
  return BITS.get(type) ?? null;
}

const NAMES: ReadonlyMap<DataTypeCode, string> = new Map(
  Object.entries(DataType).map(([name, code]) => [code, name.toLowerCase()]),
);

/** `float16`, `int64` ...; `type 99` for a code not known here. */
export function dataTypeName(type: DataTypeCode): string {
  return NAMES.get(type) ?? `type ${type}`;
}

/** True for the element types that hold real numbers with a fraction. */
export function isFloating(type: DataTypeCode): boolean {
  return (
    type === DataType.FLOAT ||
    type === DataType.FLOAT16 ||
    type === DataType.DOUBLE ||
    type === DataType.BFLOAT16
  );
}
