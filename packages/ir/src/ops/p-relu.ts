// PRelu: slope is broadcast towards x, never the other way.

import type { Value } from "../graph/value.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface PReluView {
  readonly x: Value;
  readonly slope: Value;
  readonly y: Value;
}

export const pRelu: OpDefinition<PReluView> = defineOp({
  domain: "",
  opType: "PRelu",
  view: (node) => ({ x: requireInput(node, 0), slope: requireInput(node, 1), y: requireOutput(node, 0) }),
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
