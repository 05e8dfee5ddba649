// Loop: runs a subgraph again and again, carrying values along and collecting others.

import { DataType } from "../data-type.js";
import { equalDims } from "../dim.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/value.js";
import { scalarOf } from "../shape/contents.js";
import type { Facts, TypeFact } from "../shape/facts.js";
import { unknownDim } from "../shape/unknown.js";
import { requireGraph } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface LoopView {
  /** null: no bound. */
  readonly tripCount: Value | null;
  /** null: always true. */
  readonly condition: Value | null;
  readonly carried: readonly (Value | null)[];
  readonly body: Graph;
  /** Final carried values, then the collected ones with a new leading axis. */
  readonly outputs: readonly (Value | null)[];
}

export const loop: OpDefinition<LoopView> = defineOp({
  domain: "",
  opType: "Loop",
  view: (node) => ({
    tripCount: node.input(0),
    condition: node.input(1),
    carried: node.inputs.slice(2),
    body: requireGraph(node, "body"),
    outputs: node.outputs,
  }),
  *bodyInputs({ carried, body }, facts): Generator<readonly [Value, TypeFact]> {
    const [iteration, condition, ...inner] = body.inputs;
    if (iteration !== undefined) yield [iteration, { dataType: DataType.INT64, shape: [] }];
    if (condition !== undefined) yield [condition, { dataType: DataType.BOOL, shape: [] }];
    // A shape may change from one iteration to the next: only what the body itself declares holds for all.
    for (const [i, value] of inner.entries()) {
      const outer = carried[i];
      if (outer) yield [value, { dataType: facts.dataType(outer), shape: stableShape(outer, value, facts) }];
    }
  },
  infer: ({ tripCount, condition, carried, body, outputs }, facts) => {
    const results = body.outputs.slice(1);
    const trips = scalarOf(facts, tripCount);
    const unconditional = condition === null && typeof trips === "number";
    return outputs.map((output, i) => {
      const result = results[i];
      if (output === null || result === undefined) return null;
      const dataType = facts.dataType(result);
      const shape = facts.shape(result);
      const start = carried[i];
      if (i < carried.length) {
        const initial = start ? facts.shape(start) : null;
        if (shape === null || initial?.length !== shape.length) return { dataType, shape: null };
        return {
          dataType,
          shape: shape.map((size, axis) =>
            equalDims(size, initial[axis] ?? Number.NaN) ? size : unknownDim(output, axis),
          ),
        };
      }
      const count = unconditional ? Math.max(0, trips) : unknownDim(output, 0);
      return { dataType, shape: shape === null ? null : [count, ...shape] };
    });
  },
});

function stableShape(outer: Value, inner: Value, facts: Facts): TypeFact["shape"] {
  const declared = inner.type?.kind === "tensor" ? inner.type.shape : null;
  const initial = facts.shape(outer);
  if (declared === null || initial?.length !== declared.length) return null;
  return declared.map((size, axis) => (typeof size === "number" ? size : unknownDim(inner, axis)));
}
