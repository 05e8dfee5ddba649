// Gemm: y = α·a·b + β·c, each of a and b possibly transposed.

import type { Value } from "../graph/value.js";
import { flagOf, floatOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** a [M, K] or transposed [K, M]; b [K, N] or transposed [N, K]; c broadcast to [M, N] → y [M, N]. */
export interface GemmView {
  readonly a: Value;
  readonly b: Value;
  readonly c: Value | null;
  readonly y: Value;
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
}

export const gemm: OpDefinition<GemmView> = defineOp({
  domain: "",
  opType: "Gemm",
  view: (node) => ({
    a: requireInput(node, 0),
    b: requireInput(node, 1),
    c: node.input(2),
    y: requireOutput(node, 0),
    transA: flagOf(node, "transA"),
    transB: flagOf(node, "transB"),
    alpha: floatOf(node, "alpha") ?? 1,
    beta: floatOf(node, "beta") ?? 1,
  }),
  infer: ({ a, b, transA, transB }, facts) => {
    const left = facts.shape(a);
    const right = facts.shape(b);
    const dataType = facts.dataType(a);
    if (left?.length !== 2 || right?.length !== 2) return [{ dataType, shape: null }];
    const [rows, columns] = [left[transA ? 1 : 0], right[transB ? 0 : 1]];
    return [{ dataType, shape: rows === undefined || columns === undefined ? null : [rows, columns] }];
  },
});
