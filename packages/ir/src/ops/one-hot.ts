// OneHot: a new axis of length `depth`.

import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { scalarOf } from "../shape/contents.js";
import { isArbitrary, unknownDim } from "../shape/unknown.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface OneHotView {
  readonly indices: Value;
  readonly depth: Dim | null;
  /** [off, on] */
  readonly values: Value;
  readonly y: Value;
  /** Position of the new axis in y. */
  readonly axis: number | null;
  readonly depthInput: Value;
}

export const oneHot: OpDefinition<OneHotView> = defineOp({
  domain: "",
  opType: "OneHot",
  float32: "PLACES",
  view: (node, facts) => {
    const indices = requireInput(node, 0);
    const depthInput = requireInput(node, 1);
    const rank = rankOf(facts, indices);
    return {
      indices,
      depth: scalarOf(facts, depthInput),
      values: requireInput(node, 2),
      y: requireOutput(node, 0),
      axis: normalizeAxis(node, intOf(node, "axis") ?? -1, rank === null ? null : rank + 1),
      depthInput,
    };
  },
  infer: ({ indices, depth, values, y, axis }, facts) => {
    const dataType = facts.dataType(values);
    const shape = facts.shape(indices);
    if (shape === null || axis === null) return [{ dataType, shape: null }];
    const size = depth === null || isArbitrary(depth) ? unknownDim(y, axis) : depth;
    return [{ dataType, shape: [...shape.slice(0, axis), size, ...shape.slice(axis)] }];
  },
});
