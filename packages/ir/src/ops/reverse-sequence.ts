// ReverseSequence: turns round the first elements of each sequence of a batch.

import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** lengths [batch] */
export interface ReverseSequenceView {
  readonly x: Value;
  readonly lengths: Value;
  readonly y: Value;
  readonly batchAxis: number;
  readonly timeAxis: number;
}

export const reverseSequence: OpDefinition<ReverseSequenceView> = defineOp({
  domain: "",
  opType: "ReverseSequence",
  view: (node) => ({
    x: requireInput(node, 0),
    lengths: requireInput(node, 1),
    y: requireOutput(node, 0),
    batchAxis: intOf(node, "batch_axis") ?? 1,
    timeAxis: intOf(node, "time_axis") ?? 0,
  }),
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
