// LayerNormalization and RMSNormalization: over all axes from `axis` on, together.

import { DataType } from "../data-type.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { Facts } from "../shape/facts.js";
import { floatOf, intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface LayerNormalizationView {
  readonly x: Value;
  readonly scale: Value;
  readonly bias: Value | null;
  readonly y: Value;
  readonly axis: number | null;
  readonly epsilon: number;
  /** Mean and inverse deviation, or only the latter. */
  readonly otherOutputs: readonly Value[];
}

export const layerNormalization: OpDefinition<LayerNormalizationView> = defineOp({
  domain: "",
  opType: "LayerNormalization",
  // It computes in the type of its stash, float32, of which its statistics are.
  float32Outputs: [1, 2],
  view: (node, facts) => viewOf(node, facts, node.input(2)),
  infer,
});

export const rmsNormalization: OpDefinition<LayerNormalizationView> = defineOp({
  domain: "",
  opType: "RMSNormalization",
  view: (node, facts) => viewOf(node, facts, null),
  infer,
});

/** What ONNX Runtime writes for RMSNormalization; it registers it in the main domain. */
export const simplifiedLayerNormalization: OpDefinition<LayerNormalizationView> = defineOp({
  domain: "",
  opType: "SimplifiedLayerNormalization",
  view: (node, facts) => viewOf(node, facts, null),
  infer,
});

function viewOf(node: Node, facts: Facts, bias: Value | null): LayerNormalizationView {
  const x = requireInput(node, 0);
  return {
    x,
    scale: requireInput(node, 1),
    bias,
    y: requireOutput(node, 0),
    axis: normalizeAxis(node, intOf(node, "axis") ?? -1, rankOf(facts, x)),
    epsilon: floatOf(node, "epsilon") ?? 1e-5,
    otherOutputs: node.outputs.slice(1).filter((output) => output !== null),
  };
}

function infer(view: LayerNormalizationView, facts: Facts, node: Node): ReturnType<OpDefinition["infer"]> {
  const shape = facts.shape(view.x);
  const { axis } = view;
  const reduced = shape === null || axis === null ? null : shape.map((size, i) => (i < axis ? size : 1));
  const statistics = { dataType: intOf(node, "stash_type") ?? DataType.FLOAT, shape: reduced };
  return [{ dataType: facts.dataType(view.x), shape }, ...node.outputs.slice(1).map(() => statistics)];
}
