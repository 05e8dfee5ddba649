// Compress: keeps the slices of an axis (or the elements of the flattened tensor) that a vector marks.

import type { Value } from "../graph/value.js";
import { numbersOf } from "../shape/contents.js";
import { unknownDim } from "../shape/unknown.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface CompressView {
  readonly x: Value;
  readonly condition: Value;
  readonly y: Value;
  /** null when flattened, or when the rank is not known. */
  readonly axis: number | null;
  readonly flattened: boolean;
}

export const compress: OpDefinition<CompressView> = defineOp({
  domain: "",
  opType: "Compress",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    const axis = intOf(node, "axis");
    return {
      x,
      condition: requireInput(node, 1),
      y: requireOutput(node, 0),
      axis: axis === null ? null : normalizeAxis(node, axis, rankOf(facts, x)),
      flattened: axis === null,
    };
  },
  infer: ({ x, y, condition, axis, flattened }, facts) => {
    const dataType = facts.dataType(x);
    const marks = numbersOf(facts, condition);
    const kept = marks?.filter((mark) => mark !== 0).length ?? unknownDim(y, axis ?? 0);
    if (flattened) return [{ dataType, shape: [kept] }];
    const shape = facts.shape(x);
    if (shape === null || axis === null) return [{ dataType, shape: null }];
    return [{ dataType, shape: shape.map((size, at) => (at === axis ? kept : size)) }];
  },
});
