// Clip: bounds were attributes before opset 11, inputs since.

import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { scalarOf } from "../shape/contents.js";
import { maxDim, minDim } from "../shape/dim-arithmetic.js";
import { floatOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import type { UnaryView } from "./elementwise-unary.js";

export interface ClipView extends UnaryView {
  /** -Infinity for none; null when it is not a constant. */
  readonly min: number | null;
  /** Infinity for none; null when it is not a constant. */
  readonly max: number | null;
  /** The operands that give the bounds. */
  readonly minInput: Value | null;
  readonly maxInput: Value | null;
}

export const clip: OpDefinition<ClipView> = defineOp({
  domain: "",
  opType: "Clip",
  view: (node, facts) => {
    const fromInputs = facts.opset("") >= 11;
    const bound = (name: "min" | "max", index: number, none: number): number | null => {
      if (!fromInputs) return floatOf(node, name) ?? none;
      const input = node.input(index);
      if (input === null) return none;
      const value = scalarOf(facts, input);
      return typeof value === "number" ? value : null;
    };
    return {
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      min: bound("min", 1, Number.NEGATIVE_INFINITY),
      max: bound("max", 2, Number.POSITIVE_INFINITY),
      minInput: fromInputs ? node.input(1) : null,
      maxInput: fromInputs ? node.input(2) : null,
    };
  },
  raise: ({ x }, node, { opset, float, dataType }) => {
    if (opset >= 11) return;
    for (const [i, name] of ["min", "max"].entries()) {
      const bound = floatOf(node, name);
      node.attributes.delete(name);
      if (bound !== null) node.setInput(1 + i, float(bound, dataType(x)));
    }
  },
  infer: ({ x, min, max }, facts) => [
    {
      dataType: facts.dataType(x),
      shape: facts.shape(x),
      contents: min === null || max === null ? null : clipped(facts.contents(x), min, max),
    },
  ],
});

function clipped(contents: readonly Dim[] | null, min: number, max: number): Dim[] | null {
  return (
    contents?.map((x) => {
      const low = min <= 0 ? x : maxDim(x, min);
      return typeof low === "number"
        ? Math.min(Math.max(low, min), max)
        : max > 2 ** 31
          ? low
          : minDim(low, max);
    }) ?? null
  );
}
