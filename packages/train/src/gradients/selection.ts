// Max, Min, Where: each element of the result is an element of one operand, which gets its gradient.

import { type BroadcastView, broadcasting, type OpDefinition, type Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

function definitionOf(opType: string): OpDefinition<BroadcastView> {
  return broadcasting.find((one) => one.opType === opType) as OpDefinition<BroadcastView>;
}

/** y = where(c, a, b): ∂a = ∂y where c, ∂b = ∂y where not c. */
export const where: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Where"),
  backward: ({ operands, y }, ctx) => {
    const [condition, a, b] = operands as [Value, Value, Value];
    const { make } = ctx;
    const dy = ctx.upstream(y);
    if (ctx.wants(a)) ctx.giveBroadcast(a, make.keep(condition, dy), y);
    if (ctx.wants(b)) ctx.giveBroadcast(b, make.where(condition, make.scalar(0), dy), y);
  },
});

/** ∂a = ∂y where a = y; operands that are equal there share it. */
function extremum({ operands, y }: BroadcastView, ctx: GradientContext): void {
  const { make } = ctx;
  const dy = ctx.upstream(y);
  if (operands.length === 1) {
    ctx.give(operands[0] as Value, dy);
    return;
  }
  const hits = operands.map((operand) => make.equalAsFloat(operand, y));
  const share = make.divide(dy, make.total(hits));
  for (const [i, operand] of operands.entries())
    if (ctx.wants(operand)) ctx.giveBroadcast(operand, make.multiply(share, hits[i] as Value), y);
}

export const max: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Max"),
  backward: extremum,
});

export const min: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Min"),
  backward: extremum,
});
