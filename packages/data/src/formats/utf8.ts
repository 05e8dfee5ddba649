// Text from a file: UTF-8 and nothing else, because a replaced character would silently be another token.

import { EspalierError } from "@espalier/ir";

/** A byte order mark in front is dropped. @throws EspalierError `INVALID_DATA` */
export function readUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new EspalierError("INVALID_DATA", "The text is not UTF-8", {
      where,
      expected: "UTF-8",
      found: "bytes that are none",
      unblock: "Convert the file to UTF-8.",
    });
  }
}
