// Checks the tensors inside messages that are not turned into a graph but kept as they are: training information,
// sparse attributes, kinds of attributes that a later version may bring.

import { type TensorProto, TensorProtoSchema } from "./onnx_pb.js";
import type { ReadContext } from "./read-context.js";
import { readTensor } from "./read-tensor.js";

/** Throws what reading any tensor within `message` throws; `UNSUPPORTED` for external data, which cannot follow. */
export function verifyPassedThrough(message: object, what: string, context: ReadContext): void {
  const inner = context.passingThrough(what);
  const pending: object[] = [message];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isTensor(next)) readTensor(next, next.name, inner);
    else for (const child of Object.values(next)) if (isNested(child)) pending.push(child);
  }
}

function isTensor(message: object): message is TensorProto {
  return "$typeName" in message && message.$typeName === TensorProtoSchema.typeName;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}
