// ScatterElements, and Scatter as it was called before opset 11.

import type { Value } from "../graph/value.js";
import { choiceOf, intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ScatterElementsView {
  readonly data: Value;
  readonly indices: Value;
  readonly updates: Value;
  readonly y: Value;
  readonly axis: number | null;
  readonly reduction: "none" | "add" | "mul" | "max" | "min";
}

export const scatterElements: OpDefinition<ScatterElementsView> = defineScatter("ScatterElements");
export const scatter: OpDefinition<ScatterElementsView> = defineScatter("Scatter");

function defineScatter(opType: string): OpDefinition<ScatterElementsView> {
  return defineOp({
    domain: "",
    opType,
    view: (node, facts) => {
      const data = requireInput(node, 0);
      return {
        data,
        indices: requireInput(node, 1),
        updates: requireInput(node, 2),
        y: requireOutput(node, 0),
        axis: normalizeAxis(node, intOf(node, "axis") ?? 0, rankOf(facts, data)),
        reduction: choiceOf(node, "reduction", ["none", "add", "mul", "max", "min"]),
      };
    },
    raise: ({ data, indices, updates, y }, node, form) => {
      if (opType === "ScatterElements") return;
      const attributes = Object.fromEntries(node.attributes);
      form.replace(y, form.op("ScatterElements", [data, indices, updates], attributes));
    },
    infer: ({ data }, facts) => [{ dataType: facts.dataType(data), shape: facts.shape(data) }],
  });
}
