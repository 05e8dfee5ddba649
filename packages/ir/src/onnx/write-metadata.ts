// Maps to lists of key-value entries, in the order of the map.

import { create } from "@bufbuild/protobuf";
import { type StringStringEntryProto, StringStringEntryProtoSchema } from "./onnx_pb.js";

export function writeMetadata(map: ReadonlyMap<string, string>): StringStringEntryProto[] {
  if (map.size === 0) return [];
  return [...map].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
}
