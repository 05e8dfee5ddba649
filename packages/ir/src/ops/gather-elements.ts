// GatherElements: one element of `data` for each index, along one axis.

import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** y has the shape of indices. */
export interface GatherElementsView {
  readonly data: Value;
  readonly indices: Value;
  readonly y: Value;
  readonly axis: number | null;
}

export const gatherElements: OpDefinition<GatherElementsView> = defineOp({
  domain: "",
  opType: "GatherElements",
  view: (node, facts) => {
    const data = requireInput(node, 0);
    return {
      data,
      indices: requireInput(node, 1),
      y: requireOutput(node, 0),
      axis: normalizeAxis(node, intOf(node, "axis") ?? 0, rankOf(facts, data)),
    };
  },
  infer: ({ data, indices }, facts) => [{ dataType: facts.dataType(data), shape: facts.shape(indices) }],
});
