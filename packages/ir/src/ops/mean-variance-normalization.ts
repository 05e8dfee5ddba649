// MeanVarianceNormalization: zero mean and unit variance over some axes.

import type { Value } from "../graph/value.js";
import { intsOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxes, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface MeanVarianceNormalizationView {
  readonly x: Value;
  readonly y: Value;
  readonly axes: readonly number[] | null;
}

export const meanVarianceNormalization: OpDefinition<MeanVarianceNormalizationView> = defineOp({
  domain: "",
  opType: "MeanVarianceNormalization",
  float32: "OVERFLOW",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    return {
      x,
      y: requireOutput(node, 0),
      axes: normalizeAxes(node, intsOf(node, "axes") ?? [0, 2, 3], rankOf(facts, x)),
    };
  },
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
