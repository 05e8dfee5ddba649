// Pow: y = a^b, broadcast.

import { type BroadcastView, broadcasting, DataType, type OpDefinition, type Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂a = ∂y·b·a^(b−1), and 0 where b = 0; ∂b = ∂y·y·ln a, and 0 where a ≤ 0: there y is defined for whole b only. */
export const pow: GradientRule<BroadcastView> = defineGradient({
  definition: broadcasting.find((one) => one.opType === "Pow") as OpDefinition<BroadcastView>,
  backward: ({ operands, y }, ctx) => {
    const [a, b] = operands as [Value, Value];
    const { make } = ctx;
    const dy = ctx.upstream(y);
    if (ctx.wants(a)) ctx.giveBroadcast(a, slope(ctx, a, b, dy, y), y);
    if (ctx.wants(b)) {
      const logarithm = make.keep(make.greater(a, make.scalar(0)), make.op("Log", [a]));
      ctx.giveBroadcast(b, make.multiply(dy, make.multiply(y, logarithm)), y);
    }
  },
});

/** ∂y·b·a^(b−1), of the shape of y. Where b = 0 nothing of a is left in y, also where a = 0, whose power is infinite. */
function slope(ctx: GradientContext, a: Value, b: Value, dy: Value, y: Value): Value {
  const { make, facts } = ctx;
  const contents = facts.contents(b);
  const exponent = contents?.length === 1 ? contents[0] : undefined;
  if (exponent === 0) return make.zeros(ctx.shape(y));
  if (exponent === 2) return make.multiply(dy, make.scale(a, 2));
  if (typeof exponent === "number")
    return make.multiply(dy, make.scale(make.op("Pow", [a, make.scalar(exponent - 1)]), exponent));
  const float = facts.dataType(b) === DataType.FLOAT ? b : make.cast(b, DataType.FLOAT);
  const power = make.multiply(float, make.op("Pow", [a, make.subtract(float, make.scalar(1))]));
  if (contents?.every((one) => typeof one === "number" && one !== 0)) return make.multiply(dy, power);
  return make.where(make.op("Equal", [float, make.scalar(0)]), make.scalar(0), make.multiply(dy, power));
}
