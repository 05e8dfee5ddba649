// If: one of two subgraphs runs. What the outputs have in common is known.

import { equalDims } from "../dim.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/value.js";
import { scalarOf } from "../shape/contents.js";
import type { Facts, TypeFact } from "../shape/facts.js";
import { unknownDim } from "../shape/unknown.js";
import { requireGraph, requireInput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface IfView {
  readonly condition: Value;
  readonly thenBranch: Graph;
  readonly elseBranch: Graph;
  readonly outputs: readonly (Value | null)[];
  /** The branch that always runs, when the condition is constant. */
  readonly taken: Graph | null;
}

export const ifOp: OpDefinition<IfView> = defineOp({
  domain: "",
  opType: "If",
  view: (node, facts) => {
    const condition = requireInput(node, 0);
    const thenBranch = requireGraph(node, "then_branch");
    const elseBranch = requireGraph(node, "else_branch");
    const known = scalarOf(facts, condition);
    const taken = typeof known === "number" ? (known === 0 ? elseBranch : thenBranch) : null;
    return { condition, thenBranch, elseBranch, outputs: node.outputs, taken };
  },
  infer: (view, facts) =>
    view.outputs.map((output, i) => {
      const whenTrue = factOf((view.taken ?? view.thenBranch).outputs[i], facts);
      const whenFalse = factOf((view.taken ?? view.elseBranch).outputs[i], facts);
      return output === null ? null : inCommon(whenTrue, whenFalse, output);
    }),
});

function factOf(value: Value | undefined, facts: Facts): TypeFact | null {
  if (value === undefined) return null;
  return { dataType: facts.dataType(value), shape: facts.shape(value), contents: facts.contents(value) };
}

/** What holds whichever of the two a value turns out to be. */
export function inCommon(a: TypeFact | null, b: TypeFact | null, value: Value): TypeFact | null {
  if (a === null || b === null) return null;
  const dataType = a.dataType === b.dataType ? a.dataType : null;
  if (a.shape === null || b.shape === null || a.shape.length !== b.shape.length)
    return { dataType, shape: null };
  const other = b.shape;
  const shape = a.shape.map((size, axis) => {
    const twin = other[axis];
    return twin !== undefined && equalDims(size, twin) ? size : unknownDim(value, axis);
  });
  const [left, right] = [a.contents ?? null, b.contents ?? null];
  const same =
    left !== null &&
    left.length === right?.length &&
    left.every((element, i) => equalDims(element, right[i] ?? Number.NaN));
  return { dataType, shape, contents: same ? left : null };
}
