// MatMul, as numpy.matmul: matrices in the last two axes, the others broadcast; vectors lend themselves an
// axis for the product.

import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { broadcastShapes } from "../shape/broadcast.js";
import type { Facts } from "../shape/facts.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** a [..., M, K], b [..., K, N] → y [..., M, N]; either may be a vector [K]. */
export interface MatMulView {
  readonly a: Value;
  readonly b: Value;
  readonly y: Value;
}

export const matMul: OpDefinition<MatMulView> = defineOp({
  domain: "",
  opType: "MatMul",
  view: (node) => ({ a: requireInput(node, 0), b: requireInput(node, 1), y: requireOutput(node, 0) }),
  infer: ({ a, b }, facts) => [{ dataType: facts.dataType(a), shape: matMulShape(facts, a, b) }],
});

/** Shape of the product, null when an operand's is not known. */
export function matMulShape(facts: Facts, a: Value, b: Value): readonly Dim[] | null {
  const left = facts.shape(a);
  const right = facts.shape(b);
  if (left === null || right === null || left.length === 0 || right.length === 0) return null;
  const batch = broadcastShapes([left.slice(0, -2), right.slice(0, -2)]) ?? [];
  const rows = left.length === 1 ? [] : [left[left.length - 2] as Dim];
  const columns = right.length === 1 ? [] : [right[right.length - 1] as Dim];
  return [...batch, ...rows, ...columns];
}
