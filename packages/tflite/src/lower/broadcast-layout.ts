// Operators on several operands need one layout for all: that of the largest, since moving the others costs least.

import type { Value } from "@espalier/ir";
import { elementCount, isOnnxOrder, type Layout, onnxOrder } from "../layout/layout.js";
import type { LowerContext } from "./lower-context.js";

/** The layout in which most elements lie already, among operands of this rank; constants cost nothing to move. */
export function commonLayout(ctx: LowerContext, operands: readonly Value[], rank: number): Layout {
  const votes = new Map<string, { layout: Layout; elements: number }>();
  for (const operand of operands) {
    const shape = ctx.shape(operand);
    if (shape.length !== rank || ctx.numbers(operand) !== null) continue;
    const { layout, scramble } = ctx.placement(operand);
    if (scramble !== null) continue;
    const vote = votes.get(layout.join()) ?? { layout, elements: 0 };
    votes.set(layout.join(), { layout, elements: vote.elements + elementCount(shape) });
  }
  let best: { layout: Layout; elements: number } | null = null;
  for (const vote of votes.values()) {
    const better = best === null || vote.elements > best.elements;
    const tied = best !== null && vote.elements === best.elements && isOnnxOrder(best.layout);
    if (better || tied) best = vote;
  }
  return best?.layout ?? onnxOrder(rank);
}
