// Erf. TFLite has no operator for it, but GELU(t) = t·Φ(t) is one of the normal distribution Φ, and erf(x) = 2·Φ(√2·x) − 1.
// Where the network writes out GELU with it, as exporters do, a pass makes that one operator again.

import { type ElementwiseUnaryView, elementwiseUnary, type OpDefinition } from "@espalier/ir";
import { makeOptions } from "../make-options.js";
import { combine, divide, multiply, subtract } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";

/** Stands in for 0, where GELU(t)/t would be 0/0: the quotient is 1/2 there to the last bit. */
const TINY = 2 ** -64;

export const erfLowering: Lowering<ElementwiseUnaryView> = defineLowering({
  definition: elementwiseUnary.find(({ opType }) => opType === "Erf") as OpDefinition<ElementwiseUnaryView>,
  layouts: "any",
  lower: ({ x, y }, ctx) => {
    const { tensor, layout, scramble } = ctx.placement(x);
    const t = multiply(ctx, tensor, Math.SQRT2);
    const { shape } = t;
    const zero = combine(ctx, "EQUAL", t, 0, "BOOL");
    const divisor = ctx.emit("SELECT_V2", [zero, ctx.scalar(TINY), t], { shape });
    const gelu = ctx.emit("GELU", [divisor], { shape }, makeOptions("GeluOptions", { approximate: false }));
    const result = subtract(ctx, multiply(ctx, divide(ctx, gelu, divisor), 2), 1);
    ctx.graph.erfs.set(result, tensor);
    ctx.place(y, result, layout, scramble);
  },
});
