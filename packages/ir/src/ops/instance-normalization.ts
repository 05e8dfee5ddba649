// InstanceNormalization: statistics per sample and channel.

import type { Value } from "../graph/value.js";
import { floatOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, ...]; scale, bias [C]. */
export interface InstanceNormalizationView {
  readonly x: Value;
  readonly scale: Value;
  readonly bias: Value;
  readonly y: Value;
  readonly epsilon: number;
}

export const instanceNormalization: OpDefinition<InstanceNormalizationView> = defineOp({
  domain: "",
  opType: "InstanceNormalization",
  float32: "OVERFLOW",
  view: (node) => ({
    x: requireInput(node, 0),
    scale: requireInput(node, 1),
    bias: requireInput(node, 2),
    y: requireOutput(node, 0),
    epsilon: floatOf(node, "epsilon") ?? 1e-5,
  }),
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
