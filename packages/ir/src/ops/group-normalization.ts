// GroupNormalization: scale and bias had one entry per group in opset 18 and have one per channel since 21.

import type { Value } from "../graph/value.js";
import { floatOf, intOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, ...]. */
export interface GroupNormalizationView {
  readonly x: Value;
  readonly scale: Value;
  readonly bias: Value;
  readonly y: Value;
  readonly groups: number;
  readonly epsilon: number;
  /** Whether scale and bias are [C] rather than [groups]. */
  readonly perChannel: boolean;
}

export const groupNormalization: OpDefinition<GroupNormalizationView> = defineOp({
  domain: "",
  opType: "GroupNormalization",
  float32: "OVERFLOW",
  view: (node, facts) => {
    const groups = intOf(node, "num_groups");
    if (groups === null) throw invalidNode(node, '"num_groups"', "none");
    return {
      x: requireInput(node, 0),
      scale: requireInput(node, 1),
      bias: requireInput(node, 2),
      y: requireOutput(node, 0),
      groups,
      epsilon: floatOf(node, "epsilon") ?? 1e-5,
      perChannel: facts.opset("") >= 21,
    };
  },
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
