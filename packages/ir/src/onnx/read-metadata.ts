// Lists of key-value entries to maps. A key given twice is refused: some readers take the first, some the last.

import { EspalierError, quoteName } from "../errors.js";
import type { StringStringEntryProto } from "./onnx_pb.js";

export function readMetadata(
  entries: readonly StringStringEntryProto[],
  where: string,
): ReadonlyMap<string, string> {
  if (entries.length === 0) return NONE;
  const map = new Map<string, string>();
  for (const { key, value } of entries) {
    if (map.has(key)) {
      throw new EspalierError("DUPLICATE", "A metadata key is given twice", { where, found: quoteName(key) });
    }
    map.set(key, value);
  }
  return map;
}

const NONE: ReadonlyMap<string, string> = new Map();
