// Concat along one axis.

import { type Dim, isStaticShape, shapeText } from "../dim.js";
import type { Value } from "../graph/value.js";
import { CONTENTS_LIMIT, contentsSize, elementsOf } from "../shape/contents.js";
import { sumDims } from "../shape/dim-arithmetic.js";
import type { Facts } from "../shape/facts.js";
import { isUnknown } from "../shape/unknown.js";
import { intOf, invalidNode, requireInputs, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ConcatView {
  readonly inputs: readonly Value[];
  readonly y: Value;
  readonly axis: number | null;
}

export const concat: OpDefinition<ConcatView> = defineOp({
  domain: "",
  opType: "Concat",
  view: (node, facts) => {
    const inputs = requireInputs(node);
    if (inputs.length === 0) throw invalidNode(node, "at least one input", "none");
    const rank = inputs.map((input) => rankOf(facts, input)).find((one) => one !== null) ?? null;
    return { inputs, y: requireOutput(node, 0), axis: normalizeAxis(node, intOf(node, "axis") ?? 1, rank) };
  },
  infer: (view, facts, node) => {
    const { inputs, axis } = view;
    const dataType = facts.dataType(inputs[0] as Value);
    const shapes: (readonly Dim[])[] = [];
    for (const input of inputs) {
      const shape = facts.shape(input);
      if (shape !== null) shapes.push(shape);
    }
    const first = shapes[0];
    if (axis === null || first === undefined || shapes.length < inputs.length)
      return [{ dataType, shape: null }];
    const odd = shapes.find((one) => one.length !== first.length);
    if (odd !== undefined)
      throw invalidNode(node, "operands of one rank", `${shapeText(first)} and ${shapeText(odd)}`);
    const shape = first.map((_, i) => {
      const sizes = shapes.map((one) => one[i] as Dim);
      return i === axis ? sumDims(sizes) : bestKnown(sizes);
    });
    return [{ dataType, shape, contents: joined(view, shape, facts) }];
  },
});

/** All are equal in a valid model: a number tells most, an unknown size least. */
function bestKnown(sizes: readonly Dim[]): Dim {
  const best = sizes.find((size) => typeof size === "number") ?? sizes.find((size) => !isUnknown(size));
  return best ?? (sizes[0] as Dim);
}

function joined({ inputs, axis }: ConcatView, shape: readonly Dim[], facts: Facts): Dim[] | null {
  if (contentsSize(shape) === null || inputs.length > CONTENTS_LIMIT) return null;
  if (!isStaticShape(shape) || axis === null) return null;
  if (!inputs.some((input) => facts.contents(input) !== null)) return null;
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const parts = inputs.map((input) => elementsOf(facts, input));
  const result: Dim[] = [];
  for (let row = 0; row < outer; row++) {
    for (const part of parts) {
      if (part === null) return null;
      const width = part.length / outer;
      for (let i = 0; i < width; i++) result.push(part[row * width + i] as Dim);
    }
  }
  return result;
}
