// gzip, bounded by what the file is known to become: a small file can claim any size.

import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { EspalierError } from "@espalier/ir";

const unzip = promisify(gunzip);

/** @throws EspalierError `LIMIT_EXCEEDED` past `most` bytes, `TRUNCATED`, `INVALID_DATA` */
export async function unpack(bytes: Uint8Array, most: number, where: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, byteLength } = await unzip(bytes, { maxOutputLength: most });
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE")
      throw new EspalierError(
        "LIMIT_EXCEEDED",
        "The file unpacks to more than it can be",
        { where, limit: "bytes", expected: `at most ${most} bytes`, found: "more" },
        { cause },
      );
    throw new EspalierError(
      code === "Z_BUF_ERROR" ? "TRUNCATED" : "INVALID_DATA",
      "The gzip file is damaged",
      { where, found: message },
      { cause },
    );
  }
}
