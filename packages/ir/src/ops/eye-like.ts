// EyeLike: ones on a diagonal, in the shape of x. The elements of x do not count.

import type { DataTypeCode } from "../data-type.js";
import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface EyeLikeView {
  readonly x: Value;
  readonly y: Value;
  /** null: the type of x. */
  readonly dataType: DataTypeCode | null;
  readonly k: number;
}

export const eyeLike: OpDefinition<EyeLikeView> = defineOp({
  domain: "",
  opType: "EyeLike",
  float32: "TYPE",
  view: (node) => ({
    x: requireInput(node, 0),
    y: requireOutput(node, 0),
    dataType: intOf(node, "dtype"),
    k: intOf(node, "k") ?? 0,
  }),
  infer: ({ x, dataType }, facts) => [{ dataType: dataType ?? facts.dataType(x), shape: facts.shape(x) }],
});
