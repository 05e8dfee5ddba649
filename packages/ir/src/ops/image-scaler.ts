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
  raise: ({ x, y, scale, bias }, _, form) => {
    const scaled = form.op("Mul", [x, form.float(scale, form.dataType(x))]);
    form.replace(
      y,
      bias.length === 0 ? scaled : form.op("Add", [scaled, form.floats(bias, [bias.length, 1, 1])]),
    );
  },
  infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
});
