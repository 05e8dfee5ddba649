// MatMul, batched and broadcast as numpy.matmul.

import { matMul as definition, type MatMulView, type Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { reduceTo } from "../graph/reduce-to.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂a = ∂y·bᵀ, ∂b = aᵀ·∂y over the last two axes, summed over the batch axes that were broadcast. */
export const matMul: GradientRule<MatMulView> = defineGradient({
  definition,
  backward: ({ a, b, y }, ctx) => {
    const { make } = ctx;
    const [left, right] = [ctx.shape(a), ctx.shape(b)];
    // Vectors lend themselves an axis for the product.
    const asRow = left.length === 1 ? [1, ...left] : left;
    const asColumn = right.length === 1 ? [...right, 1] : right;
    const rows = asRow[asRow.length - 2] as number;
    const inner = asRow[asRow.length - 1] as number;
    const columns = asColumn[asColumn.length - 1] as number;
    const batch = batchOf(ctx, y, left.length === 1, right.length === 1);
    const dy = reshaped(ctx, ctx.upstream(y), ctx.shape(y), [...batch, rows, columns]);
    const matrixA = reshaped(ctx, a, left, asRow);
    const matrixB = reshaped(ctx, b, right, asColumn);
    if (ctx.wants(a)) {
      const full = make.matMul(dy, swapped(ctx, matrixB, asColumn.length));
      const own = reduceTo(make, full, [...batch, rows, inner], asRow);
      ctx.give(a, reshaped(ctx, own, asRow, left));
    }
    if (!ctx.wants(b)) return;
    if (right.length === 2 && left.length > 2) {
      // One matrix for all batches: one product over all rows.
      const flatA = make.reshape(a, [-1, inner]);
      const flat = make.reshape(dy, [-1, columns]);
      ctx.give(b, make.gemm(flatA, flat, { transA: true }));
      return;
    }
    const full = make.matMul(swapped(ctx, matrixA, asRow.length), dy);
    const own = reduceTo(make, full, [...batch, inner, columns], asColumn);
    ctx.give(b, reshaped(ctx, own, asColumn, right));
  },
  parameters: ({ a, b }) => [a, b],
});

function batchOf(ctx: GradientContext, y: Value, rowGone: boolean, columnGone: boolean): readonly number[] {
  const shape = ctx.shape(y);
  return shape.slice(0, shape.length - (rowGone ? 0 : 1) - (columnGone ? 0 : 1));
}

function reshaped(ctx: GradientContext, x: Value, from: readonly number[], to: readonly number[]): Value {
  return from.length === to.length ? x : ctx.make.reshape(x, to);
}

function swapped(ctx: GradientContext, x: Value, rank: number): Value {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  return ctx.make.transpose(x, [...perm.slice(0, -2), rank - 1, rank - 2]);
}
