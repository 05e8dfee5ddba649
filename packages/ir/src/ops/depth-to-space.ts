// DepthToSpace: blocks of channels become pixels.

import { divideDims, multiplyDims, opaqueDim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { choiceOf, intOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, H, W] → y [N, C/b², H·b, W·b]; channel index (block, c) under "DCR", (c, block) under "CRD". */
export interface DepthToSpaceView {
  readonly x: Value;
  readonly y: Value;
  readonly blockSize: number;
  readonly mode: "DCR" | "CRD";
}

export const depthToSpace: OpDefinition<DepthToSpaceView> = defineOp({
  domain: "",
  opType: "DepthToSpace",
  view: (node) => {
    const blockSize = intOf(node, "blocksize");
    if (blockSize === null || blockSize < 1)
      throw invalidNode(node, 'a positive "blocksize"', String(blockSize));
    return {
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      blockSize,
      mode: choiceOf(node, "mode", ["DCR", "CRD"]),
    };
  },
  infer: ({ x, blockSize }, facts) => {
    const [n, c, h, w] = facts.shape(x) ?? [];
    const dataType = facts.dataType(x);
    if (n === undefined || c === undefined || h === undefined || w === undefined)
      return [{ dataType, shape: null }];
    const depth = divideDims(c, blockSize ** 2) ?? opaqueDim("div", c, blockSize ** 2);
    return [{ dataType, shape: [n, depth, multiplyDims(h, blockSize), multiplyDims(w, blockSize)] }];
  },
});
