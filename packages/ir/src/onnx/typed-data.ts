// The fields of TensorProto that hold elements by type (`float_data`, `int32_data` ...): which belongs to which
// element type, whether it holds the right number of items, and its elements as raw bytes. Their payload is kept
// packed (see onnx.proto), so a tensor that nobody looks at is never unpacked.

import { bitsPerElement, DataType, type DataTypeCode } from "../data-type.js";
import { EspalierError } from "../errors.js";
import type { TensorProto } from "./onnx_pb.js";

export interface TypedField {
  readonly name: "floatData" | "int32Data" | "int64Data" | "doubleData" | "uint64Data";
  /** As in ONNX, for messages. */
  readonly label: string;
  readonly number: number;
  /** Bytes of one item; null for varints. */
  readonly itemBytes: number | null;
}

const FLOAT_DATA: TypedField = { name: "floatData", label: "float_data", number: 4, itemBytes: 4 };
const INT32_DATA: TypedField = { name: "int32Data", label: "int32_data", number: 5, itemBytes: null };
const INT64_DATA: TypedField = { name: "int64Data", label: "int64_data", number: 7, itemBytes: null };
const DOUBLE_DATA: TypedField = { name: "doubleData", label: "double_data", number: 10, itemBytes: 8 };
const UINT64_DATA: TypedField = { name: "uint64Data", label: "uint64_data", number: 11, itemBytes: null };

export const TYPED_FIELDS: readonly TypedField[] = [
  FLOAT_DATA,
  INT32_DATA,
  INT64_DATA,
  DOUBLE_DATA,
  UINT64_DATA,
];

const FIELD_OF_TYPE: ReadonlyMap<DataTypeCode, TypedField> = new Map([
  [DataType.FLOAT, FLOAT_DATA],
  [DataType.COMPLEX64, FLOAT_DATA],
  [DataType.DOUBLE, DOUBLE_DATA],
  [DataType.COMPLEX128, DOUBLE_DATA],
  [DataType.INT64, INT64_DATA],
  [DataType.UINT32, UINT64_DATA],
  [DataType.UINT64, UINT64_DATA],
]);

/** The field that elements of `type` belong into; everything else of 32 bits or less lies in `int32_data`. */
export function typedFieldOf(type: DataTypeCode): TypedField | null {
  if (type === DataType.STRING || bitsPerElement(type) === null) return null;
  return FIELD_OF_TYPE.get(type) ?? INT32_DATA;
}

/** Items that `size` elements of `type` take: two for complex numbers, one for two int4 or four int2. */
export function itemsOf(type: DataTypeCode, size: number): number {
  const bits = bitsPerElement(type) ?? 8;
  if (bits < 8) return Math.ceil((size * bits) / 8);
  return type === DataType.COMPLEX64 || type === DataType.COMPLEX128 ? 2 * size : size;
}

/**
 * Items in the packed runs of a field.
 * @throws EspalierError `MALFORMED` when a run ends within an item or an item is longer than any number
 */
export function countItems(field: TypedField, proto: TensorProto, name: string): number {
  let items = 0;
  for (const run of proto[field.name]) {
    items += field.itemBytes === null ? countVarints(run) : run.byteLength / field.itemBytes;
    if (!Number.isInteger(items)) {
      throw new EspalierError("MALFORMED", "A tensor's data ends within a number", {
        value: name,
        where: field.label,
      });
    }
  }
  return items;
}

/** Number of varints in `run`; NaN when one is cut off or overlong. */
function countVarints(run: Uint8Array): number {
  let count = 0;
  let length = 0;
  for (const byte of run) {
    if (byte < 0x80) {
      count++;
      length = 0;
    } else if (++length > 9) {
      return Number.NaN;
    }
  }
  return length === 0 ? count : Number.NaN;
}

/** The elements of a field as raw bytes. Values outside the type's range wrap, as in ONNX's and ORT's readers. */
export function decodeTyped(field: TypedField, runs: readonly Uint8Array[], type: DataTypeCode): Uint8Array {
  if (field.itemBytes !== null) return concatBytes(runs);
  const width = Math.max(8, bitsPerElement(type) ?? 8) / 8;
  const out = new Uint8Array(width * runs.reduce((sum, run) => sum + countVarints(run), 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const run of runs) {
    for (let i = 0; i < run.byteLength; at += width) {
      let low = 0;
      let high = 0;
      let shift = 0;
      for (let byte = 0x80; byte >= 0x80; shift += 7) {
        byte = run[i++] as number;
        const bits = byte & 0x7f;
        if (shift < 32) low |= bits << shift;
        if (shift >= 28) high |= shift === 28 ? bits >> 4 : bits << (shift - 32);
      }
      if (type === DataType.BOOL) out[at] = low === 0 && high === 0 ? 0 : 1;
      else if (width === 1) out[at] = low;
      else if (width === 2) view.setUint16(at, low, true);
      else view.setInt32(at, low, true);
      if (width === 8) view.setInt32(at + 4, high, true);
    }
  }
  return out;
}

/** One array of all `parts`; the part itself when there is only one. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}
