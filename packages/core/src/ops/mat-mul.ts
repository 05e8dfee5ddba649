// MatMul: [..., M, K] · [..., K, N], leading axes broadcast; a vector operand has no outer axis. Leading axes
// that both operands share are independent problems: that is where attention heads show.

import { type Dim, matMul as definition, isStatic, type MatMulView, productOf } from "@espalier/ir";
import type { CostPattern } from "../cost/cost-pattern.js";
import { broadcastAxes } from "./broadcast.js";
import { defineHandler, type OpHandler } from "./handler.js";
import { matrixContraction } from "./matrix-contraction.js";

export const matMul: OpHandler<MatMulView> = defineHandler({
  definition,
  links: ({ a, b, y }, ctx) => {
    const [left, right] = [[...ctx.axes(a)], [...ctx.axes(b)]];
    const innerB = right.length === 1 ? 0 : right.length - 2;
    ctx.role(a, left.length - 1, "consumes");
    ctx.role(b, innerB, "consumes");
    if (right.length > 1) ctx.role(b, right.length - 1, "produces");
    if (left.length > 1) ctx.role(a, left.length - 2, "produces");
    ctx.unify(left.pop() as (typeof left)[0], right.splice(innerB, 1)[0] as (typeof left)[0]);
    const columns = right.length > 0 ? [right.pop() as (typeof left)[0]] : [];
    const rows = left.length > 0 ? [left.pop() as (typeof left)[0]] : [];
    for (const axis of columns) ctx.label(axis, "neuron");
    ctx.define(y, [...broadcastAxes(ctx, [left, right]), ...rows, ...columns]);
  },
  mixing: ({ a, b }, facts) => {
    const [ra, rb] = [facts.shape(a)?.length ?? 0, facts.shape(b)?.length ?? 0];
    return [
      { input: 0, axes: [ra - 1], neutral: 0 },
      { input: 1, axes: [Math.max(0, rb - 2)], neutral: 0 },
    ];
  },
  contraction: ({ a, b, y }, facts) =>
    matrixContraction(facts, { x: a, w: b, y, transX: false, transW: false, scale: 1, bias: null }),
  reductions: ({ a, b }, facts) => {
    const [left, right] = [facts.shape(a)?.length ?? 0, facts.shape(b)?.length ?? 0];
    return [
      { weight: a, axis: left - 1 },
      { weight: b, axis: Math.max(0, right - 2) },
    ];
  },
  macs: ({ a, y }, facts) => {
    const [shape, operand] = [facts.shape(y), facts.shape(a)];
    const inner = operand?.at(-1);
    if (shape === null || inner === undefined) return null;
    const macs = productOf([...shape, inner]);
    return isStatic(macs) ? macs : null;
  },
  pattern: ({ a, b, y }, facts) => {
    const [left, right, shape] = [facts.shape(a), facts.shape(b), facts.shape(y)];
    if (left === null || right === null || shape === null || left.length < 2 || right.length < 2) return null;
    const rows = shape.slice(0, -1);
    // A matrix on the right meets all rows at once; otherwise leading axes are problems of their own.
    const [problems, each] = right.length === 2 ? [[], rows] : [rows.slice(0, -1), rows.slice(-1)];
    return matMulPattern(productOf(each), left.at(-1), shape.at(-1), productOf(problems));
  },
});

/** The kernel of a matrix product: so many rows, and the two widths. */
export function matMulPattern(
  rows: Dim | undefined,
  inner: Dim | undefined,
  columns: Dim | undefined,
  times: Dim,
): CostPattern | null {
  if (rows === undefined || inner === undefined || columns === undefined) return null;
  if (!isStatic(rows) || !isStatic(inner) || !isStatic(columns) || !isStatic(times)) return null;
  return { kind: "matmul", key: `matmul rows${rows}`, in: inner, out: columns, times };
}
