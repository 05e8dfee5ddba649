// Range: start, start + delta, … before limit.

import { type Dim, isStatic, opaqueDim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { CONTENTS_LIMIT, scalarOf } from "../shape/contents.js";
import { subtractDims } from "../shape/dim-arithmetic.js";
import { isArbitrary, unknownDim } from "../shape/unknown.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface RangeView {
  readonly start: Dim | null;
  readonly limit: Dim | null;
  readonly delta: Dim | null;
  readonly y: Value;
  /** The operands that give start, limit and delta. */
  readonly inputs: readonly Value[];
}

export const range: OpDefinition<RangeView> = defineOp({
  domain: "",
  opType: "Range",
  float32: "PLACES",
  view: (node, facts) => {
    const inputs = [0, 1, 2].map((i) => requireInput(node, i));
    const [start, limit, delta] = inputs.map((input) => scalarOf(facts, input));
    return {
      start: start ?? null,
      limit: limit ?? null,
      delta: delta ?? null,
      y: requireOutput(node, 0),
      inputs,
    };
  },
  infer: (view, facts) => {
    const { start, limit, delta, y } = view;
    const dataType = facts.dataType(view.inputs[0] as Value);
    if (start === null || limit === null || delta === null || isArbitrary(start) || isArbitrary(limit)) {
      return [{ dataType, shape: [unknownDim(y, 0)] }];
    }
    const length = subtractDims(limit, start);
    if (isStatic(length) && isStatic(delta) && delta !== 0) {
      const count = Math.max(0, Math.ceil(length / delta));
      const contents =
        isStatic(start) && count <= CONTENTS_LIMIT
          ? Array.from({ length: count }, (_, i) => start + i * delta)
          : null;
      return [{ dataType, shape: [count], contents }];
    }
    if (delta === 1) return [{ dataType, shape: [length] }];
    return [{ dataType, shape: [opaqueDim("range", length, delta)] }];
  },
});
