// RoiAlign: pools regions of an image to one size.

import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, H, W], regions [R, 4], batchIndices [R] → y [R, C, height, width]. */
export interface RoiAlignView {
  readonly x: Value;
  readonly regions: Value;
  readonly batchIndices: Value;
  readonly y: Value;
  readonly height: number;
  readonly width: number;
}

export const roiAlign: OpDefinition<RoiAlignView> = defineOp({
  domain: "",
  opType: "RoiAlign",
  float32: "PLACES",
  view: (node) => ({
    x: requireInput(node, 0),
    regions: requireInput(node, 1),
    batchIndices: requireInput(node, 2),
    y: requireOutput(node, 0),
    height: intOf(node, "output_height") ?? 1,
    width: intOf(node, "output_width") ?? 1,
  }),
  infer: ({ x, regions, height, width }, facts) => {
    const dataType = facts.dataType(x);
    const [channels, count] = [facts.shape(x)?.[1], facts.shape(regions)?.[0]];
    if (channels === undefined || count === undefined) return [{ dataType, shape: null }];
    return [{ dataType, shape: [count, channels, height, width] }];
  },
});
