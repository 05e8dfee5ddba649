// LRN: normalises each channel by its neighbours.

import type { Value } from "../graph/value.js";
import { floatOf, intOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** y = x / (bias + alpha/size · Σ x²)^beta over `size` channels round each one. */
export interface LrnView {
  readonly x: Value;
  readonly y: Value;
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

export const lrn: OpDefinition<LrnView> = defineOp({
  domain: "",
  opType: "LRN",
  float32: "OVERFLOW",
  view: (node) => {
    const size = intOf(node, "size");
    if (size === null) throw invalidNode(node, '"size"', "none");
    return {
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      size,
      alpha: floatOf(node, "alpha") ?? 1e-4,
      beta: floatOf(node, "beta") ?? 0.75,
      bias: floatOf(node, "bias") ?? 1,
    };
  },
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
