// Reductions over axes: ∂x from ∂y, spread over what was reduced.

import { reductions as definitions, type OpDefinition, type ReduceView, type Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { unboundShape } from "../differentiate/static-shape.js";
import { giveToExtrema } from "./extrema.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

interface Reduced {
  readonly x: Value;
  /** y and ∂y with 1 in the place of the axes. */
  readonly y: Value;
  readonly dy: Value;
  readonly axes: readonly number[];
  readonly shape: readonly number[];
}

const reduction = (
  opType: string,
  give: (ctx: GradientContext, reduced: Reduced) => void,
): GradientRule<ReduceView> =>
  defineGradient({
    definition: definitions.find((one) => one.opType === opType) as OpDefinition<ReduceView>,
    backward: ({ x, y, axes }, ctx) => {
      if (!ctx.wants(x)) return;
      if (axes === null) throw unboundShape(x, ctx.facts.shape(x));
      const shape = ctx.shape(x);
      const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const asKept = (value: Value): Value =>
        ctx.rank(y) === shape.length ? value : ctx.make.reshape(value, kept);
      give(ctx, { x, y: asKept(y), dy: asKept(ctx.upstream(y)), axes, shape });
    },
  });

/** One rule for each. */
export const reductions: readonly GradientRule<ReduceView>[] = [
  // ∂x = ∂y
  reduction("ReduceSum", (ctx, { x, dy, shape }) => ctx.give(x, ctx.make.expand(dy, shape))),
  // ∂x = ∂y/n
  reduction("ReduceMean", (ctx, { x, dy, axes, shape }) => {
    const count = axes.reduce((all, axis) => all * (shape[axis] as number), 1);
    ctx.give(x, ctx.make.expand(ctx.make.scale(dy, 1 / count), shape));
  }),
  // ∂x = ∂y where x = y
  reduction("ReduceMax", (ctx, { x, y, dy, axes }) => giveToExtrema(ctx, x, y, dy, axes)),
  reduction("ReduceMin", (ctx, { x, y, dy, axes }) => giveToExtrema(ctx, x, y, dy, axes)),
  // ∂x = ∂y·sign(x)
  reduction("ReduceL1", (ctx, { x, dy }) => ctx.give(x, ctx.make.multiply(dy, ctx.make.op("Sign", [x])))),
  // ∂x = ∂y·x/y, and 0 where all is 0
  reduction("ReduceL2", (ctx, { x, y, dy }) => {
    const { make } = ctx;
    const share = make.keep(make.greater(y, make.scalar(0)), make.divide(dy, y));
    ctx.give(x, make.multiply(x, share));
  }),
  // ∂x = 2·∂y·x
  reduction("ReduceSumSquare", (ctx, { x, dy }) => ctx.give(x, ctx.make.multiply(x, ctx.make.scale(dy, 2)))),
  // y = ln Σx: ∂x = ∂y/Σx = ∂y·e^(−y)
  reduction("ReduceLogSum", (ctx, { x, y, dy, shape }) => {
    const { make } = ctx;
    ctx.give(x, make.expand(make.multiply(dy, make.exp(make.negate(y))), shape));
  }),
  // y = ln Σeˣ: ∂x = ∂y·e^(x − y)
  reduction("ReduceLogSumExp", (ctx, { x, y, dy }) => {
    const { make } = ctx;
    ctx.give(x, make.multiply(dy, make.exp(make.subtract(x, y))));
  }),
];
