// Reshape: the target shape is an input (since opset 5), often computed.

import { type Dim, divideDims, opaqueDim, productOf } from "../dim.js";
import type { Value } from "../graph/value.js";
import { elementsOf } from "../shape/contents.js";
import { isArbitrary, unknownDim } from "../shape/unknown.js";
import { flagOf, intsOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ReshapeView {
  readonly x: Value;
  readonly y: Value;
  /** Elements of the target as far as they are known, 0 and -1 as written; null when not even their number is. */
  readonly target: readonly Dim[] | null;
  /** Whether a 0 means an empty axis rather than "as in x". */
  readonly allowZero: boolean;
  /** The operand that gives the target; null before opset 5. */
  readonly targetInput: Value | null;
}

export const reshape: OpDefinition<ReshapeView> = defineOp({
  domain: "",
  opType: "Reshape",
  view: (node, facts) => {
    const fromInput = facts.opset("") >= 5;
    const targetInput = fromInput ? requireInput(node, 1) : null;
    return {
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      target: targetInput === null ? (intsOf(node, "shape") ?? []) : elementsOf(facts, targetInput),
      allowZero: flagOf(node, "allowzero"),
      targetInput,
    };
  },
  infer: (view, facts) => {
    const x = facts.shape(view.x);
    const shape = view.target === null ? null : resolveTarget(view, view.target, x);
    return [{ dataType: facts.dataType(view.x), shape, contents: facts.contents(view.x) }];
  },
});

function resolveTarget(
  { y, allowZero }: ReshapeView,
  target: readonly Dim[],
  x: readonly Dim[] | null,
): Dim[] {
  const shape = target.map((size, axis) => {
    if (isArbitrary(size)) return unknownDim(y, axis);
    if (size === 0 && !allowZero) return x?.[axis] ?? unknownDim(y, axis);
    return size;
  });
  const open = shape.indexOf(-1);
  const holes = target.flatMap((size, axis) => (isArbitrary(size) ? [axis] : []));
  // One element that is not known follows from the others just as a -1 does.
  const at = open >= 0 ? (holes.length === 0 ? open : -1) : holes.length === 1 ? (holes[0] as number) : -1;
  if (at >= 0 && x !== null) {
    const rest = productOf(shape.filter((_, axis) => axis !== at));
    const total = productOf(x);
    shape[at] = rest === 0 ? 0 : (divideDims(total, rest) ?? opaqueDim("div", total, rest));
  } else if (open >= 0) {
    shape[open] = unknownDim(y, open);
  }
  return shape;
}
