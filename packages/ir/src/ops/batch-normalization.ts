// BatchNormalization: per channel (axis 1); training mode was told by extra outputs before opset 14.

import type { Value } from "../graph/value.js";
import { flagOf, floatOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, ...]; scale, bias, mean, variance [C]. */
export interface BatchNormalizationView {
  readonly x: Value;
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly y: Value;
  readonly epsilon: number;
  readonly momentum: number;
  readonly training: boolean;
  /** Statistics of the batch, [C] each. */
  readonly otherOutputs: readonly Value[];
}

export const batchNormalization: OpDefinition<BatchNormalizationView> = defineOp({
  domain: "",
  opType: "BatchNormalization",
  view: (node, facts) => {
    const opset = facts.opset("");
    if (opset < 9 && !flagOf(node, "spatial", true)) throw invalidNode(node, "spatial = 1", "0");
    const otherOutputs = node.outputs.slice(1).filter((output) => output !== null);
    return {
      x: requireInput(node, 0),
      scale: requireInput(node, 1),
      bias: requireInput(node, 2),
      mean: requireInput(node, 3),
      variance: requireInput(node, 4),
      y: requireOutput(node, 0),
      epsilon: floatOf(node, "epsilon") ?? 1e-5,
      momentum: floatOf(node, "momentum") ?? 0.9,
      training: opset >= 14 ? flagOf(node, "training_mode") : otherOutputs.length > 0,
      otherOutputs,
    };
  },
  raise: ({ x, scale, bias, mean, variance, y, otherOutputs }, node, form) => {
    if (form.opset >= 14) return;
    node.attributes.delete("spatial");
    if (otherOutputs.length === 0) return;
    // Further outputs once said that it trains.
    if (otherOutputs.some((output) => output.consumers.size > 0)) form.refuse("statistics that are read");
    const { epsilon, momentum } = Object.fromEntries(node.attributes);
    const attributes = { ...(epsilon && { epsilon }), ...(momentum && { momentum }) };
    form.replace(y, form.op("BatchNormalization", [x, scale, bias, mean, variance], attributes));
  },
  infer: ({ x, mean }, facts, node) => [
    { dataType: facts.dataType(x), shape: facts.shape(x) },
    ...node.outputs.slice(1).map(() => ({ dataType: facts.dataType(mean), shape: facts.shape(mean) })),
  ],
});
