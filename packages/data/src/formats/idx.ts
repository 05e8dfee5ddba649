// IDX, the format of MNIST and its relatives: two zero bytes, the element type, the rank, the dimensions as big-endian
// 32-bit numbers, then the elements. Only bytes (type 0x08) are read: images and labels are nothing else.

import { checkedProduct, EspalierError } from "@espalier/ir";

export interface IdxArray {
  readonly dims: readonly number[];
  /** A view of the file, row-major. */
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const MOST_DIMENSIONS = 4;

/**
 * Reads an IDX file of bytes. Nothing is allocated by what its header claims.
 *
 * @throws EspalierError `INVALID_DATA` for another format, `OVERFLOW` for impossible dimensions, `TRUNCATED` or
 *   `INVALID_DATA` where the elements do not end with the file
 */
export function readIdx(bytes: Uint8Array, where: string): IdxArray {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw truncated(where, "at least 4 bytes", bytes.length);
  const magic = header.getUint32(0);
  const rank = magic & 0xff;
  if (magic >>> 8 !== UNSIGNED_BYTE || rank === 0 || rank > MOST_DIMENSIONS)
    throw new EspalierError("INVALID_DATA", "This is no IDX file of bytes", {
      where,
      expected: `a file that begins with 00 00 08 and a rank from 1 to ${MOST_DIMENSIONS}`,
      found: magic.toString(16).padStart(8, "0"),
      ...(magic >>> 16 === 0x1f8b ? { unblock: "It is compressed with gzip: unpack it first." } : {}),
    });
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw truncated(where, `${start} bytes of header`, bytes.length);
  const dims = Array.from({ length: rank }, (_, axis) => header.getUint32(4 + 4 * axis));
  const size = checkedProduct(dims, where);
  const found = bytes.length - start;
  if (found < size) throw truncated(where, `${size} elements (${dims.join(" × ")})`, found);
  if (found > size)
    throw new EspalierError("INVALID_DATA", "Something follows the elements of an IDX file", {
      where,
      expected: `${size} elements (${dims.join(" × ")})`,
      found: `${found} bytes`,
    });
  return { dims, values: bytes.subarray(start) };
}

function truncated(where: string, expected: string, found: number): EspalierError {
  return new EspalierError("TRUNCATED", "The IDX file is not complete", {
    where,
    expected,
    found: `${found} bytes`,
  });
}
