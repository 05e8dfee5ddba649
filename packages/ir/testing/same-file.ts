// Compares two ONNX files as messages, field by field and independently of the graph in memory: what differs may
// only be whether an empty text or a zero is written out, and the order of `value_info`.

import { fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type GraphProto, ModelProtoSchema } from "../src/onnx/onnx_pb.js";

/** True when both files hold the same fields with the same content. */
export function sameFile(a: Uint8Array, b: Uint8Array): boolean {
  const [left, right] = [a, b].map((bytes) => {
    const model = fromBinary(ModelProtoSchema, bytes);
    normalise(model);
    return toBinary(ModelProtoSchema, model);
  });
  return left?.length === right?.length && left?.every((byte, i) => byte === right?.[i]) === true;
}

function normalise(message: Message): void {
  const fields = message as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith("$")) continue;
    if (value === "" || value === 0 || value === 0n) delete fields[name];
    for (const item of Array.isArray(value) ? value : [value]) if (isMessage(item)) normalise(item);
    if (isMessage((value as { value?: unknown } | undefined)?.value))
      normalise((value as { value: Message }).value);
  }
  if (message.$typeName === "onnx.GraphProto") {
    (message as GraphProto).valueInfo.sort((x, y) => (x.name < y.name ? -1 : 1));
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "$typeName" in value;
}
