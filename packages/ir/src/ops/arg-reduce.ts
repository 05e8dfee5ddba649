// ArgMax, ArgMin: where along an axis the extreme lies.

import { DataType } from "../data-type.js";
import type { Value } from "../graph/value.js";
import { flagOf, intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { reducedShape } from "./reduce.js";

export interface ArgReduceView {
  readonly x: Value;
  readonly y: Value;
  readonly kind: "max" | "min";
  readonly axis: number | null;
  readonly keepDims: boolean;
}

export const argMax: OpDefinition<ArgReduceView> = defineArgReduce("ArgMax", "max");
export const argMin: OpDefinition<ArgReduceView> = defineArgReduce("ArgMin", "min");

function defineArgReduce(opType: string, kind: ArgReduceView["kind"]): OpDefinition<ArgReduceView> {
  return defineOp({
    domain: "",
    opType,
    float32: "ORDER",
    view: (node, facts) => {
      const x = requireInput(node, 0);
      return {
        x,
        y: requireOutput(node, 0),
        kind,
        axis: normalizeAxis(node, intOf(node, "axis") ?? 0, rankOf(facts, x)),
        keepDims: flagOf(node, "keepdims", true),
      };
    },
    infer: ({ x, axis, keepDims }, facts) => [
      {
        dataType: DataType.INT64,
        shape: reducedShape(facts.shape(x), axis === null ? null : [axis], keepDims),
      },
    ],
  });
}
