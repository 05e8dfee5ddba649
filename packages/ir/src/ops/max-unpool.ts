// MaxUnpool: puts values back where MaxPool took them.

import { addDims, isStatic, multiplyDims } from "../dim.js";
import type { Value } from "../graph/value.js";
import { numbersOf } from "../shape/contents.js";
import { unknownShape } from "../shape/unknown.js";
import { invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { type Window, windowOf } from "./window.js";

export interface MaxUnpoolView {
  readonly x: Value;
  readonly indices: Value;
  readonly y: Value;
  readonly window: Window;
  /** The whole shape of y where it is given; null when it is not, or is not constant. */
  readonly outputShape: readonly number[] | null;
  readonly outputShapeInput: Value | null;
}

export const maxUnpool: OpDefinition<MaxUnpoolView> = defineOp({
  domain: "",
  opType: "MaxUnpool",
  view: (node, facts) => {
    if (!node.attributes.has("kernel_shape")) throw invalidNode(node, '"kernel_shape"', "none");
    return {
      x: requireInput(node, 0),
      indices: requireInput(node, 1),
      y: requireOutput(node, 0),
      window: windowOf(node, null),
      outputShape: numbersOf(facts, node.input(2)),
      outputShapeInput: node.input(2),
    };
  },
  infer: ({ x, y, window, outputShape, outputShapeInput }, facts) => {
    const dataType = facts.dataType(x);
    const shape = facts.shape(x);
    if (outputShape !== null) return [{ dataType, shape: outputShape }];
    if (shape === null) return [{ dataType, shape: null }];
    if (outputShapeInput !== null) return [{ dataType, shape: unknownShape(y, shape.length) }];
    const unpooled = shape.map((size, axis) => {
      if (axis < 2) return size;
      const i = axis - 2;
      const kernel = window.kernel[i] ?? 1;
      const stride = window.strides[i] ?? 1;
      const pads = (window.padBegin[i] ?? 0) + (window.padEnd[i] ?? 0);
      return addDims(multiplyDims(size, stride), (isStatic(kernel) ? kernel : 1) - stride - pads);
    });
    return [{ dataType, shape: unpooled }];
  },
});
