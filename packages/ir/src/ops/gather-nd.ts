// GatherND: the last axis of `indices` addresses slices of `data`.

import { isStatic } from "../dim.js";
import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** data [batch..., ...], indices [batch..., ..., depth] → y [batch..., ..., rest of data]. */
export interface GatherNDView {
  readonly data: Value;
  readonly indices: Value;
  readonly y: Value;
  readonly batchDims: number;
}

export const gatherND: OpDefinition<GatherNDView> = defineOp({
  domain: "",
  opType: "GatherND",
  view: (node) => ({
    data: requireInput(node, 0),
    indices: requireInput(node, 1),
    y: requireOutput(node, 0),
    batchDims: intOf(node, "batch_dims") ?? 0,
  }),
  infer: ({ data, indices, batchDims }, facts) => {
    const dataType = facts.dataType(data);
    const from = facts.shape(data);
    const at = facts.shape(indices);
    const depth = at?.[at.length - 1];
    if (from === null || at === null || depth === undefined || !isStatic(depth))
      return [{ dataType, shape: null }];
    return [{ dataType, shape: [...at.slice(0, -1), ...from.slice(batchDims + depth)] }];
  },
});
