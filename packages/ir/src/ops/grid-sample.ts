// GridSample: reads an image at computed positions.

import type { Value } from "../graph/value.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, ...], grid [N, ...sizes, number of spatial axes] → y [N, C, ...sizes]. */
export interface GridSampleView {
  readonly x: Value;
  readonly grid: Value;
  readonly y: Value;
}

export const gridSample: OpDefinition<GridSampleView> = defineOp({
  domain: "",
  opType: "GridSample",
  // Places, of a type of their own.
  float32Inputs: [1],
  view: (node) => ({ x: requireInput(node, 0), grid: requireInput(node, 1), y: requireOutput(node, 0) }),
  infer: ({ x, grid }, facts) => {
    const dataType = facts.dataType(x);
    const [from, at] = [facts.shape(x), facts.shape(grid)];
    return [{ dataType, shape: from && at && [...from.slice(0, 2), ...at.slice(1, -1)] }];
  },
});
