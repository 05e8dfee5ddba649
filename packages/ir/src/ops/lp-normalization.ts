// LpNormalization: divides by the norm along one axis.

import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface LpNormalizationView {
  readonly x: Value;
  readonly y: Value;
  readonly axis: number | null;
  readonly p: number;
}

export const lpNormalization: OpDefinition<LpNormalizationView> = defineOp({
  domain: "",
  opType: "LpNormalization",
  float32: "OVERFLOW",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    return {
      x,
      y: requireOutput(node, 0),
      axis: normalizeAxis(node, intOf(node, "axis") ?? -1, rankOf(facts, x)),
      p: intOf(node, "p") ?? 2,
    };
  },
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
