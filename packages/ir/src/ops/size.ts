// Size: the number of elements.

import { DataType } from "../data-type.js";
import { productOf } from "../dim.js";
import type { Value } from "../graph/value.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface SizeView {
  readonly x: Value;
  readonly y: Value;
}

export const size: OpDefinition<SizeView> = defineOp({
  domain: "",
  opType: "Size",
  view: (node) => ({ x: requireInput(node, 0), y: requireOutput(node, 0) }),
  infer: ({ x }, facts) => {
    const dims = facts.shape(x);
    return [{ dataType: DataType.INT64, shape: [], contents: dims && [productOf(dims)] }];
  },
});
