// Trilu: keeps a triangle of each matrix.

import type { Value } from "../graph/value.js";
import { flagOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [..., M, N]. */
export interface TriluView {
  readonly x: Value;
  readonly y: Value;
  readonly upper: boolean;
  /** The operand that shifts the diagonal. */
  readonly k: Value | null;
}

export const trilu: OpDefinition<TriluView> = defineOp({
  domain: "",
  opType: "Trilu",
  view: (node) => ({
    x: requireInput(node, 0),
    y: requireOutput(node, 0),
    upper: flagOf(node, "upper", true),
    k: node.input(1),
  }),
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
