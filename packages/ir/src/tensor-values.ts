// Elements of a tensor as JavaScript numbers. Only the types that decisions are made on; others stay bytes.

import { DataType, dataTypeName } from "./data-type.js";
import { EspalierError } from "./errors.js";
import type { Tensor } from "./tensor.js";

/**
 * All elements as float32 (float64 rounded, float16 and bfloat16 widened exactly). A view where the bytes
 * are aligned float32, so do not write to it.
 * @throws EspalierError `UNSUPPORTED` for non-numeric or sub-byte types
 */
export function readFloats(tensor: Tensor): Float32Array {
  const bytes = tensor.bytes();
  const view = viewOf(bytes);
  switch (tensor.dataType) {
    case DataType.FLOAT:
      return bytes.byteOffset % 4 === 0
        ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
        : new Float32Array(bytes.slice().buffer);
    case DataType.DOUBLE:
      return fill(tensor.size, (i) => view.getFloat64(8 * i, true));
    case DataType.FLOAT16:
      return fill(tensor.size, (i) => float16ToNumber(view.getUint16(2 * i, true)));
    case DataType.BFLOAT16:
      return fill(tensor.size, (i) => bfloat16ToNumber(view.getUint16(2 * i, true)));
    default:
      return Float32Array.from(readIntegers(tensor), Number);
  }
}

/**
 * All elements of an integer or bool tensor; int64 beyond ±2^53 is clamped to ±2^53 - 1 (exporters write
 * INT64_MAX for "to the end", which stays "beyond every dimension").
 * @throws EspalierError `UNSUPPORTED` for other types
 */
export function readIntegers(tensor: Tensor): number[] {
  const view = viewOf(tensor.bytes());
  const read = INTEGER_READERS.get(tensor.dataType);
  if (read === undefined) {
    throw new EspalierError("UNSUPPORTED", "The tensor does not hold integers", {
      value: tensor.name,
      found: dataTypeName(tensor.dataType),
    });
  }
  return Array.from({ length: tensor.size }, (_, i) => read(view, i));
}

/** float16 bits to their exact value. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest float16 (ties to even) of `value`, as bits. */
export function numberToFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
  const exponent = Math.floor(Math.log2(magnitude));
  const scaled = roundToEven((magnitude / 2 ** exponent) * 1024);
  return sign | ((exponent + 15) * 1024 + (scaled - 1024));
}

/** bfloat16 bits to their exact value. */
export function bfloat16ToNumber(bits: number): number {
  SCRATCH.setUint32(0, bits << 16);
  return SCRATCH.getFloat32(0);
}

const SCRATCH = new DataView(new ArrayBuffer(4));

const INTEGER_READERS: ReadonlyMap<number, (view: DataView, i: number) => number> = new Map([
  [DataType.INT64, (v: DataView, i: number) => clampToSafe(v.getBigInt64(8 * i, true))],
  [DataType.UINT64, (v: DataView, i: number) => clampToSafe(v.getBigUint64(8 * i, true))],
  [DataType.INT32, (v: DataView, i: number) => v.getInt32(4 * i, true)],
  [DataType.UINT32, (v: DataView, i: number) => v.getUint32(4 * i, true)],
  [DataType.INT16, (v: DataView, i: number) => v.getInt16(2 * i, true)],
  [DataType.UINT16, (v: DataView, i: number) => v.getUint16(2 * i, true)],
  [DataType.INT8, (v: DataView, i: number) => v.getInt8(i)],
  [DataType.UINT8, (v: DataView, i: number) => v.getUint8(i)],
  [DataType.BOOL, (v: DataView, i: number) => v.getUint8(i)],
]);

/** A bigint as a number, clamped to the safe integers. */
export function clampToSafe(value: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > limit ? limit : value < -limit ? -limit : value);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fill(size: number, at: (i: number) => number): Float32Array {
  const out = new Float32Array(size);
  for (let i = 0; i < size; i++) out[i] = at(i);
  return out;
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
