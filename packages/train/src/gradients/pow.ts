// Pow: y = a^b, broadcast.

import { type BroadcastView, broadcasting, DataType, type OpDefinition, type Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂a = ∂y·b·a^(b−1); ∂b = ∂y·y·ln a, and 0 where a ≤ 0: there y is defined for whole b only. */
export const pow: GradientRule<BroadcastView> = defineGradient({
  definition: broadcasting.find((one) => one.opType === "Pow") as OpDefinition<BroadcastView>,
  backward: ({ operands, y }, ctx) => {
    const [a, b] = operands as [Value, Value];
    const { make } = ctx;
    const dy = ctx.upstream(y);
    if (ctx.wants(a)) ctx.giveBroadcast(a, make.multiply(dy, slope(ctx, a, b)), y);
    if (ctx.wants(b)) {
      const logarithm = make.keep(make.greater(a, make.scalar(0)), make.op("Log", [a]));
      ctx.giveBroadcast(b, make.multiply(dy, make.multiply(y, logarithm)), y);
    }
  },
});

/** b·a^(b−1) */
function slope(ctx: GradientContext, a: Value, b: Value): Value {
  const { make, facts } = ctx;
  const contents = facts.contents(b);
  const exponent = contents?.length === 1 ? contents[0] : undefined;
  if (exponent === 2) return make.scale(a, 2);
  if (typeof exponent === "number")
    return make.scale(make.op("Pow", [a, make.scalar(exponent - 1)]), exponent);
  const float = facts.dataType(b) === DataType.FLOAT ? b : make.cast(b, DataType.FLOAT);
  return make.multiply(float, make.op("Pow", [a, make.subtract(float, make.scalar(1))]));
}
