// MatMul: FULLY_CONNECTED where the right matrix is stored, else BATCH_MATMUL, which also takes operands whose last two
// axes lie the other way round.

import { type MatMulView, matMul, type Value } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { transposed } from "../graph/rearrange.js";
import { type Layout, onnxOrder } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import { fullyConnected, readColumns } from "./fully-connected.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const matMulLowering: Lowering<MatMulView> = defineLowering({
  definition: matMul,
  layouts: "onnx",
  lower: ({ a, b, y }, ctx) => {
    const [left, right] = [ctx.shape(a), ctx.shape(b)];
    const order = onnxOrder(ctx.shape(y).length);
    const stored = right.length === 2 ? ctx.numbers(b) : null;
    if (stored !== null && ctx.numbers(a) === null) {
      const [inputs, outputs] = right as [number, number];
      const weights = transposed(stored, [inputs, outputs], [1, 0]);
      return ctx.place(y, fullyConnected(ctx, readColumns(ctx, a), weights, outputs, null, b.name), order);
    }
    const [x, w] = [
      operand(ctx, a, left.length === 1 ? "row" : "matrix"),
      operand(ctx, b, right.length === 1 ? "column" : "matrix"),
    ];
    const rank = Math.max(x.shape.length, w.shape.length);
    const batch = batchShape(x.shape, w.shape, rank);
    const rows = x.shape[x.shape.length - (x.adjoint ? 1 : 2)] as number;
    const columns = w.shape[w.shape.length - (w.adjoint ? 2 : 1)] as number;
    const options = makeOptions("BatchMatMulOptions", { adjX: x.adjoint, adjY: w.adjoint });
    const product = ctx.emit(
      "BATCH_MATMUL",
      [x.tensor, w.tensor],
      { shape: [...batch, rows, columns] },
      options,
    );
    ctx.place(y, ctx.reshape(product, ctx.shape(y)), order);
  },
});

interface Operand {
  readonly tensor: GraphTensor;
  readonly shape: readonly number[];
  /** Whether the last two axes lie the other way round. */
  readonly adjoint: boolean;
}

function operand(ctx: LowerContext, value: Value, kind: "row" | "column" | "matrix"): Operand {
  const shape = ctx.shape(value);
  const order = onnxOrder(shape.length);
  if (kind !== "matrix") {
    const matrix = ctx.reshape(ctx.read(value, order), kind === "row" ? [1, ...shape] : [...shape, 1]);
    return { tensor: matrix, shape: matrix.shape, adjoint: false };
  }
  const turned: Layout = [...order.slice(0, -2), shape.length - 1, shape.length - 2];
  const { layout, scramble } = ctx.placement(value);
  const adjoint = scramble === null && layout.join() === turned.join();
  const tensor = ctx.read(value, adjoint ? turned : order);
  return { tensor, shape: tensor.shape, adjoint };
}

function batchShape(a: readonly number[], b: readonly number[], rank: number): number[] {
  return Array.from({ length: rank - 2 }, (_, i) =>
    Math.max(a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1),
  );
}
