// ImageScaler, experimental before opset 10: y = scale · x + bias[channel].

import type { Value } from "../graph/value.js";
import { floatOf, floatsOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, H, W]. */
export interface ImageScalerView {
  readonly x: Value;
  readonly y: Value;
  /** One entry per channel. */
  readonly bias: readonly number[];
  readonly scale: number;
}

export const imageScaler: OpDefinition<ImageScalerView> = defineOp({
  domain: "",
  opType: "ImageScaler",
  view: (node) => ({
    x: requireInput(node, 0),
    y: requireOutput(node, 0),
    bias: floatsOf(node, "bias") ?? [],
    scale: floatOf(node, "scale") ?? 1,
  }),
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
