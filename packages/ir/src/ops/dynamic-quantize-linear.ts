// DynamicQuantizeLinear: to uint8, with scale and zero point from the range of x itself.

import { DataType } from "../data-type.js";
import type { Value } from "../graph/value.js";
import { requireInput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface DynamicQuantizeLinearView {
  readonly x: Value;
  readonly y: Value | null;
  /** Scalar. */
  readonly scale: Value | null;
  /** Scalar. */
  readonly zeroPoint: Value | null;
}

export const dynamicQuantizeLinear: OpDefinition<DynamicQuantizeLinearView> = defineOp({
  domain: "",
  opType: "DynamicQuantizeLinear",
  float32: "TYPE",
  view: (node) => ({
    x: requireInput(node, 0),
    y: node.output(0),
    scale: node.output(1),
    zeroPoint: node.output(2),
  }),
  infer: ({ x }, facts) => [
    { dataType: DataType.UINT8, shape: facts.shape(x) },
    { dataType: DataType.FLOAT, shape: [] },
    { dataType: DataType.UINT8, shape: [] },
  ],
});
