// Reads .npy, NumPy's file of one array: a magic word, a header that is a Python dictionary, raw elements.
// Little-endian numbers in C order only; a header is matched, never evaluated.

import { DataType, type DataTypeCode, EspalierError } from "@espalier/ir";

const MAGIC = "\u0093NUMPY";
const TYPES: Readonly<Record<string, DataTypeCode>> = {
  "<f4": DataType.FLOAT,
  "<f8": DataType.DOUBLE,
  "<f2": DataType.FLOAT16,
  "<i8": DataType.INT64,
  "<i4": DataType.INT32,
  "<i2": DataType.INT16,
  "|i1": DataType.INT8,
  "|u1": DataType.UINT8,
  "<u2": DataType.UINT16,
  "<u4": DataType.UINT32,
  "<u8": DataType.UINT64,
  "|b1": DataType.BOOL,
};

export interface NpyArray {
  readonly dataType: DataTypeCode;
  readonly dims: readonly number[];
  /** Elements as they lie in the file. */
  readonly bytes: Uint8Array;
}

export function isNpy(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

/** @throws EspalierError `INVALID_OPTION` */
export function readNpy(bytes: Uint8Array, where: string): NpyArray {
  const major = bytes[6] ?? 0;
  const lengthBytes = major === 1 ? 2 : 4;
  const start = 8 + lengthBytes;
  let length = 0;
  for (let i = lengthBytes - 1; i >= 0; i--) length = length * 256 + (bytes[8 + i] ?? 0);
  const header = latin1(bytes.subarray(start, Math.min(start + length, start + 4096)));
  const descr = /'descr':\s*'([^']{1,8})'/.exec(header)?.[1] ?? "";
  const shape = /'shape':\s*\(([\d, ]{0,200})\)/.exec(header)?.[1];
  const dataType = Object.hasOwn(TYPES, descr) ? TYPES[descr] : undefined;
  if (dataType === undefined || shape === undefined || !/'fortran_order':\s*False/.test(header)) {
    throw new EspalierError("INVALID_OPTION", "The .npy file is of a kind that is not read", {
      where,
      expected: `${Object.keys(TYPES).join(", ")} in C order`,
      found: JSON.stringify(header.slice(0, 80)),
      unblock: "Write it with numpy.save(path, numpy.ascontiguousarray(array)).",
    });
  }
  const dims = shape
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  return { dataType, dims, bytes: bytes.subarray(start + length) };
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
