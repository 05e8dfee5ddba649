// Flatten to a matrix: the axes before `axis`, and those from it on.

import { productOf } from "../dim.js";
import type { Value } from "../graph/value.js";
import { intOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface FlattenView {
  readonly x: Value;
  readonly y: Value;
  /** From 0 to the rank inclusive. */
  readonly axis: number | null;
}

export const flatten: OpDefinition<FlattenView> = defineOp({
  domain: "",
  opType: "Flatten",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    const axis = intOf(node, "axis") ?? 1;
    const rank = rankOf(facts, x);
    if (rank !== null && Math.abs(axis) > rank)
      throw invalidNode(node, `an axis up to ${rank}`, String(axis));
    return {
      x,
      y: requireOutput(node, 0),
      axis: axis >= 0 ? axis : rank === null ? null : axis + rank,
    };
  },
  infer: ({ x, axis }, facts) => {
    const shape = facts.shape(x);
    const flat =
      shape === null || axis === null
        ? null
        : [productOf(shape.slice(0, axis)), productOf(shape.slice(axis))];
    return [{ dataType: facts.dataType(x), shape: flat, contents: facts.contents(x) }];
  },
});
