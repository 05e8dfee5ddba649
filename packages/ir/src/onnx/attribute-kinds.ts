// The kinds of attribute values: the number in AttributeProto.type, and the field that holds the value.

import type { AttributeValue } from "../graph/attribute.js";

export interface AttributeKind {
  readonly kind: AttributeValue["kind"];
  /** Field of AttributeProto, as it is called in TypeScript. */
  readonly field: string;
}

/** AttributeProto.type → kind. */
export const ATTRIBUTE_KINDS: ReadonlyMap<number, AttributeKind> = new Map<number, AttributeKind>([
  [1, { kind: "float", field: "f" }],
  [2, { kind: "int", field: "i" }],
  [3, { kind: "string", field: "s" }],
  [4, { kind: "tensor", field: "t" }],
  [5, { kind: "graph", field: "g" }],
  [6, { kind: "floats", field: "floats" }],
  [7, { kind: "ints", field: "ints" }],
  [8, { kind: "strings", field: "strings" }],
  [9, { kind: "tensors", field: "tensors" }],
  [10, { kind: "graphs", field: "graphs" }],
  [11, { kind: "opaque", field: "sparseTensor" }],
  [12, { kind: "opaque", field: "sparseTensors" }],
  [13, { kind: "opaque", field: "tp" }],
  [14, { kind: "opaque", field: "typeProtos" }],
]);

/** AttributeProto.type of a kind; undefined for `opaque`, whose message is written as it was. */
export function attributeTypeOf(kind: AttributeValue["kind"]): number | undefined {
  if (kind === "opaque") return undefined;
  for (const [type, entry] of ATTRIBUTE_KINDS) if (entry.kind === kind) return type;
  return undefined;
}
