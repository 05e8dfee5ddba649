// NonMaxSuppression: as many boxes as the data keeps.

import { DataType } from "../data-type.js";
import type { Value } from "../graph/value.js";
import { unknownDim } from "../shape/unknown.js";
import { flagOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** boxes [batch, boxes, 4], scores [batch, classes, boxes] → y [selected, 3]. */
export interface NonMaxSuppressionView {
  readonly boxes: Value;
  readonly scores: Value;
  readonly maxOutputBoxes: Value | null;
  readonly iouThreshold: Value | null;
  readonly scoreThreshold: Value | null;
  readonly y: Value;
  /** Whether boxes are centre and size rather than two corners. */
  readonly centered: boolean;
}

export const nonMaxSuppression: OpDefinition<NonMaxSuppressionView> = defineOp({
  domain: "",
  opType: "NonMaxSuppression",
  float32: "TYPE",
  view: (node) => ({
    boxes: requireInput(node, 0),
    scores: requireInput(node, 1),
    maxOutputBoxes: node.input(2),
    iouThreshold: node.input(3),
    scoreThreshold: node.input(4),
    y: requireOutput(node, 0),
    centered: flagOf(node, "center_point_box"),
  }),
  infer: ({ y }) => [{ dataType: DataType.INT64, shape: [unknownDim(y, 0), 3] }],
});
