// Shape: the sizes of some or all axes as a vector. Where shape arithmetic begins.

import { DataType } from "../data-type.js";
import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** y = shape of x from axis `start` to before `end`; both as written, negative from the end. */
export interface ShapeView {
  readonly x: Value;
  readonly y: Value;
  readonly start: number;
  /** null: to the end. */
  readonly end: number | null;
}

export const shape: OpDefinition<ShapeView> = defineOp({
  domain: "",
  opType: "Shape",
  view: (node) => ({
    x: requireInput(node, 0),
    y: requireOutput(node, 0),
    start: intOf(node, "start") ?? 0,
    end: intOf(node, "end"),
  }),
  infer: ({ x, start, end }, facts) => {
    const sizes = facts.shape(x)?.slice(start, end ?? undefined) ?? null;
    return [{ dataType: DataType.INT64, shape: sizes && [sizes.length], contents: sizes }];
  },
});
