// SpaceToDepth: blocks of pixels become channels.

import { divideDims, multiplyDims, opaqueDim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { intOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, H, W] → y [N, C·b², H/b, W/b]; channel index (block row, block column, c). */
export interface SpaceToDepthView {
  readonly x: Value;
  readonly y: Value;
  readonly blockSize: number;
}

export const spaceToDepth: OpDefinition<SpaceToDepthView> = defineOp({
  domain: "",
  opType: "SpaceToDepth",
  view: (node) => {
    const blockSize = intOf(node, "blocksize");
    if (blockSize === null || blockSize < 1)
      throw invalidNode(node, 'a positive "blocksize"', String(blockSize));
    return { x: requireInput(node, 0), y: requireOutput(node, 0), blockSize };
  },
  infer: ({ x, blockSize }, facts) => {
    const [n, c, h, w] = facts.shape(x) ?? [];
    const dataType = facts.dataType(x);
    if (n === undefined || c === undefined || h === undefined || w === undefined)
      return [{ dataType, shape: null }];
    const rows = divideDims(h, blockSize) ?? opaqueDim("div", h, blockSize);
    const columns = divideDims(w, blockSize) ?? opaqueDim("div", w, blockSize);
    return [{ dataType, shape: [n, multiplyDims(c, blockSize ** 2), rows, columns] }];
  },
});
