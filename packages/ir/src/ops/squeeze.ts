// Squeeze drops axes of size 1; the axes moved from an attribute to an input in opset 13.

import { type Dim, isStatic } from "../dim.js";
import type { Value } from "../graph/value.js";
import { numbersOf } from "../shape/contents.js";
import { intsOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxes, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface SqueezeView {
  readonly x: Value;
  readonly y: Value;
  /** null when not known; all axes of size 1 where none were given. */
  readonly axes: readonly number[] | null;
}

export const squeeze: OpDefinition<SqueezeView> = defineOp({
  domain: "",
  opType: "Squeeze",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    const fromInput = facts.opset("") >= 13;
    const input = fromInput ? node.input(1) : null;
    const given = fromInput ? numbersOf(facts, input) : intsOf(node, "axes");
    const leftOut = fromInput ? input === null : given === null;
    return {
      x,
      y: requireOutput(node, 0),
      axes: leftOut ? axesOfSizeOne(facts.shape(x)) : given && normalizeAxes(node, given, rankOf(facts, x)),
    };
  },
  raise: (_, node, { opset, ints }) => {
    const axes = intsOf(node, "axes");
    if (opset >= 13 || axes === null) return;
    node.attributes.delete("axes");
    node.setInput(1, ints(axes));
  },
  infer: ({ x, axes }, facts) => {
    const shape = facts.shape(x);
    return [
      {
        dataType: facts.dataType(x),
        shape: shape === null || axes === null ? null : shape.filter((_, axis) => !axes.includes(axis)),
        contents: facts.contents(x),
      },
    ];
  },
});

function axesOfSizeOne(shape: readonly Dim[] | null): number[] | null {
  if (shape === null || !shape.every(isStatic)) return null;
  return shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
}
