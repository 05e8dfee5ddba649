// CumSum and CumProd: running totals along one axis, which is an input.

import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import { scalarOf } from "../shape/contents.js";
import type { Facts } from "../shape/facts.js";
import { flagOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface CumSumView {
  readonly x: Value;
  readonly y: Value;
  readonly axis: number | null;
  /** Whether the element at hand is left out. */
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

export const cumSum: OpDefinition<CumSumView> = defineCumulative("CumSum");
export const cumProd: OpDefinition<CumSumView> = defineCumulative("CumProd");

function defineCumulative(opType: string): OpDefinition<CumSumView> {
  return defineOp({
    domain: "",
    opType,
    float32: "OVERFLOW",
    view: (node: Node, facts: Facts) => {
      const x = requireInput(node, 0);
      const axis = scalarOf(facts, requireInput(node, 1));
      return {
        x,
        y: requireOutput(node, 0),
        axis: typeof axis === "number" ? normalizeAxis(node, axis, rankOf(facts, x)) : null,
        exclusive: flagOf(node, "exclusive"),
        reverse: flagOf(node, "reverse"),
      };
    },
    infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
  });
}
