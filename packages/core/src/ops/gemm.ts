// Gemm: y [M, N] = a [M, K] · b [K, N] + c, either operand possibly transposed.

import { gemm as definition, type GemmView, isStatic, productOf } from "@espalier/ir";
import { broadcastInto } from "./broadcast.js";
import { defineHandler, type OpHandler } from "./handler.js";
import { matMulPattern } from "./mat-mul.js";
import { matrixContraction } from "./matrix-contraction.js";

export const gemm: OpHandler<GemmView> = defineHandler({
  definition,
  links: ({ a, b, c, y, transA, transB }, ctx) => {
    const [outerA, innerA] = transA ? [1, 0] : [0, 1];
    const [innerB, outerB] = transB ? [1, 0] : [0, 1];
    ctx.unify(ctx.axis(a, innerA), ctx.axis(b, innerB));
    const [rows, columns] = [ctx.axis(a, outerA), ctx.axis(b, outerB)];
    ctx.label(columns, "neuron");
    ctx.role(b, outerB, "produces");
    ctx.role(b, innerB, "consumes");
    ctx.role(a, outerA, "produces");
    ctx.role(a, innerA, "consumes");
    if (c !== null) broadcastInto(ctx, c, [rows, columns]);
    ctx.define(y, [rows, columns]);
  },
  mixing: ({ transA, transB }) => [
    { input: 0, axes: [transA ? 0 : 1], neutral: 0 },
    { input: 1, axes: [transB ? 1 : 0], neutral: 0 },
  ],
  contraction: ({ a, b, c, y, transA, transB, alpha, beta }, facts) =>
    beta === 0 && c !== null
      ? null
      : matrixContraction(facts, {
          x: a,
          w: b,
          y,
          transX: transA,
          transW: transB,
          scale: alpha,
          bias: { index: 2, scale: beta },
        }),
  reductions: ({ a, b, transA, transB }) => [
    { weight: a, axis: transA ? 0 : 1 },
    { weight: b, axis: transB ? 1 : 0 },
  ],
  macs: ({ a, y, transA }, facts) => {
    const [shape, operand] = [facts.shape(y), facts.shape(a)];
    const inner = operand?.[transA ? 0 : 1];
    if (shape === null || inner === undefined) return null;
    const macs = productOf([...shape, inner]);
    return isStatic(macs) ? macs : null;
  },
  pattern: ({ a, y, transA }, facts) => {
    const [rows, out] = facts.shape(y) ?? [];
    const inner = facts.shape(a)?.[transA ? 0 : 1];
    return matMulPattern(rows, inner, out, 1);
  },
});
