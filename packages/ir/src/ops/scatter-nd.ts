// ScatterND: a copy of `data` with some slices replaced or combined.

import type { Value } from "../graph/value.js";
import { choiceOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ScatterNDView {
  readonly data: Value;
  readonly indices: Value;
  readonly updates: Value;
  readonly y: Value;
  readonly reduction: "none" | "add" | "mul" | "max" | "min";
}

export const scatterND: OpDefinition<ScatterNDView> = defineOp({
  domain: "",
  opType: "ScatterND",
  view: (node) => ({
    data: requireInput(node, 0),
    indices: requireInput(node, 1),
    updates: requireInput(node, 2),
    y: requireOutput(node, 0),
    reduction: choiceOf(node, "reduction", ["none", "add", "mul", "max", "min"]),
  }),
  infer: ({ data }, facts) => [{ dataType: facts.dataType(data), shape: facts.shape(data) }],
});
