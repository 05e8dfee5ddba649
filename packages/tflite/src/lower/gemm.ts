// Gemm: FULLY_CONNECTED where the matrix is stored, else a product of two computed matrices.

import { type GemmView, gemm } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { transposed } from "../graph/rearrange.js";
import { onnxOrder } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import { add, multiply } from "./arithmetic.js";
import { fullyConnected, readColumns } from "./fully-connected.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const gemmLowering: Lowering<GemmView> = defineLowering({
  definition: gemm,
  layouts: "onnx",
  lower: (view, ctx) => {
    const { a, b, c, y, transA, transB, alpha, beta } = view;
    const [rows, columns] = ctx.shape(y) as [number, number];
    const stored = transA ? null : ctx.numbers(b);
    const offsets = c === null || beta === 0 ? null : ctx.numbers(c);
    const isBias = offsets !== null && isRow(ctx.shape(c as NonNullable<typeof c>), columns);
    let product: GraphTensor;
    if (stored === null) product = multiply(ctx, computedProduct(view, ctx, [rows, columns]), alpha);
    else {
      const matrix = transB ? (stored as Float32Array) : transposed(stored, [...ctx.shape(b)], [1, 0]);
      const weights = alpha === 1 ? matrix : Float64Array.from(matrix, (w) => w * alpha);
      const bias = isBias ? Float64Array.from({ length: columns }, (_, i) => at(offsets, i) * beta) : null;
      product = fullyConnected(ctx, readColumns(ctx, a), weights, columns, bias, b.name);
    }
    if (c !== null && beta !== 0 && !(isBias && stored !== null))
      product = add(ctx, product, multiply(ctx, ctx.readBroadcast(c, [0, 1]), beta));
    ctx.place(y, product, [0, 1]);
  },
});

function computedProduct(
  { a, b, transA, transB }: GemmView,
  ctx: LowerContext,
  shape: readonly number[],
): GraphTensor {
  const operands = [a, b].map((value) => ctx.read(value, onnxOrder(2)));
  const options = makeOptions("BatchMatMulOptions", { adjX: transA, adjY: transB });
  return ctx.emit("BATCH_MATMUL", operands, { shape }, options);
}

/** One number for each column, or one for all. */
function isRow(shape: readonly number[], columns: number): boolean {
  const [last = 1] = shape.slice(-1);
  return shape.slice(0, -1).every((size) => size === 1) && (last === columns || last === 1);
}

function at(numbers: ArrayLike<number>, i: number): number {
  return numbers[numbers.length === 1 ? 0 : i] as number;
}
