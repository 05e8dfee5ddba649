// Reshape: the same elements in the same row-major order, so both sides are products of the same factors.
// The target shape is rewritten when an output axis shrinks.

import {
  type Dim,
  reshape as definition,
  equalDims,
  type Facts,
  isStatic,
  type ReshapeView,
} from "@espalier/ir";
import { isLive } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const reshape: OpHandler<ReshapeView> = defineHandler({
  definition,
  links: (view, ctx) => {
    const shape = ctx.facts.shape(view.y);
    if (shape === null) throw new Barrier("UNKNOWN_SHAPE", `rank of "${view.y.name}"`);
    const axes = ctx.axes(view.x);
    const out = shape.map((size) => ctx.free(size));
    ctx.unifyRowMajor(axes, out);
    if (targetShape(view, ctx.facts, shape) === null && out.some(isLive)) {
      ctx.freezeAll([...axes, ...out], "SHAPE_NOT_REWRITABLE", "more than one output dimension is computed");
    }
    ctx.define(view.y, out);
  },
  slice: (view, ctx) => {
    const shape = ctx.facts.shape(view.y);
    if (shape === null || !ctx.shrinks(view.y)) return;
    const target = targetShape(
      view,
      ctx.facts,
      shape.map((_, axis) => ctx.size(view.y, axis)),
    );
    if (target !== null) ctx.setIntegers(1, target);
  },
});

/**
 * A constant target that gives `shape`: numbers where sizes are known; where not, 0 for "as in the input"
 * when that is provably the same, else −1 for at most one. What the model wrote itself as 0 or −1 stays.
 */
function targetShape(
  { x, target, allowZero }: ReshapeView,
  facts: Facts,
  shape: readonly Dim[],
): number[] | null {
  const input = facts.shape(x);
  const out = shape.map((dim, i): number | null => {
    if (target?.[i] === -1) return -1;
    if (isStatic(dim)) return dim;
    const from = input?.[i];
    return !allowZero && from !== undefined && equalDims(from, dim) ? 0 : null;
  });
  const open = out.filter((dim) => dim === null || dim === -1).length;
  return open > 1 ? null : out.map((dim) => dim ?? -1);
}
