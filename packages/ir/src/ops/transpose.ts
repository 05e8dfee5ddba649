// Transpose.

import { type Dim, isStaticShape } from "../dim.js";
import type { Value } from "../graph/value.js";
import { strided, stridesOf } from "../shape/contents.js";
import type { Facts } from "../shape/facts.js";
import { intsOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { allAxes, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface TransposeView {
  readonly x: Value;
  readonly y: Value;
  /** Axis i of y is axis perm[i] of x; null for "reversed" at unknown rank. */
  readonly perm: readonly number[] | null;
}

export const transpose: OpDefinition<TransposeView> = defineOp({
  domain: "",
  opType: "Transpose",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    const rank = rankOf(facts, x);
    const perm = intsOf(node, "perm") ?? allAxes(rank)?.reverse() ?? null;
    const length = rank ?? perm?.length;
    if (perm !== null && (perm.length !== length || !perm.every((_, axis) => perm.includes(axis)))) {
      throw invalidNode(node, `a permutation of ${length} axes`, `[${perm.join(", ")}]`);
    }
    return { x, y: requireOutput(node, 0), perm };
  },
  infer: ({ x, perm }, facts) => {
    const shape = facts.shape(x);
    const dataType = facts.dataType(x);
    if (shape === null || perm === null) return [{ dataType, shape: null }];
    const permuted = perm.map((axis) => shape[axis] as Dim);
    return [{ dataType, shape: permuted, contents: rearranged(x, shape, permuted, perm, facts) }];
  },
});

function rearranged(
  x: Value,
  shape: readonly Dim[],
  permuted: readonly Dim[],
  perm: readonly number[],
  facts: Facts,
): Dim[] | null {
  const contents = facts.contents(x);
  if (contents === null || !isStaticShape(shape) || !isStaticShape(permuted)) return null;
  const strides = stridesOf(shape);
  return strided(
    contents,
    permuted,
    perm.map((axis) => strides[axis] as number),
  );
}
