// Clip: the bounds that activations can be fused with have their own operators.

import { type ClipView, clip } from "@espalier/ir";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import { apply, combine } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";

const FUSED: readonly (readonly [min: number, max: number, builtin: BuiltinOperator])[] = [
  [0, Number.POSITIVE_INFINITY, "RELU"],
  [0, 6, "RELU6"],
  [-1, 1, "RELU_N1_TO_1"],
];

/** Beyond what float32 holds there is no bound. */
const LARGEST = 3.4028234663852886e38;

export const clipLowering: Lowering<ClipView> = defineLowering({
  definition: clip,
  layouts: "any",
  lower: ({ x, y, min, max }, ctx) => {
    if (min === null || max === null)
      return ctx.refuse("NOT_CONSTANT", "a bound is computed while the network runs", "Store the bounds.");
    const { tensor, layout, scramble } = ctx.placement(x);
    const low = min <= -LARGEST ? Number.NEGATIVE_INFINITY : min;
    const high = max >= LARGEST ? Number.POSITIVE_INFINITY : max;
    const fused = FUSED.find((one) => one[0] === low && one[1] === high);
    if (fused !== undefined && tensor.type === "FLOAT32")
      return ctx.place(y, apply(ctx, fused[2], tensor), layout, scramble);
    const bound = (value: number) =>
      tensor.type === "FLOAT32" ? ctx.scalar(value) : ctx.reshape(ctx.ints([value]), []);
    const above = Number.isFinite(low) ? combine(ctx, "MAXIMUM", tensor, bound(low)) : tensor;
    const result = Number.isFinite(high) ? combine(ctx, "MINIMUM", above, bound(high)) : above;
    ctx.place(y, result, layout, scramble);
  },
});
