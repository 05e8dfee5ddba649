// What weights are stored as. `float16` halves the file and changes nothing else: runtimes widen it when they load.
// `dynamic-int8` stores the weights of products as int8 with a scale for each output; runtimes quantise the activations of
// those operators while they run.

import { quantiseWeights, weightScales, weightSlices } from "@espalier/core";
import { numberToFloat16 } from "@espalier/ir";
import { type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, TfliteGraph } from "../graph/tflite-graph.js";
import { weightFacts } from "../graph/weighted.js";
import { quantised } from "./quantised-tensor.js";

export const PRECISIONS = ["float32", "float16", "dynamic-int8"] as const;

export type Precision = (typeof PRECISIONS)[number];

export function packWeights(graph: TfliteGraph, precision: Precision): void {
  if (precision === "float16") halveConstants(graph);
  if (precision === "dynamic-int8") packInt8(graph);
}

/** Smaller constants are not worth an operator. */
const FEWEST_ELEMENTS = 64;

/** Every large constant becomes a float16 one with a DEQUANTIZE in front of its readers. */
function halveConstants(graph: TfliteGraph): void {
  const widened = new Map<GraphTensor, GraphTensor>();
  const front: GraphOperator[] = [];
  for (const { inputs } of graph.operators)
    for (const [i, input] of inputs.entries()) {
      if (!(input?.constant instanceof Float32Array) || input.constant.length < FEWEST_ELEMENTS) continue;
      const known = widened.get(input);
      if (known !== undefined) {
        inputs[i] = known;
        continue;
      }
      const halves = graphTensor(
        "FLOAT16",
        input.shape,
        Uint16Array.from(input.constant, numberToFloat16),
        `${input.name}_f16`,
      );
      const wide = graphTensor("FLOAT32", input.shape, null, input.name);
      front.push({
        builtin: "DEQUANTIZE",
        inputs: [halves],
        outputs: [wide],
        options: { type: "DequantizeOptions" },
      });
      widened.set(input, wide);
      inputs[i] = wide;
    }
  graph.operators = [...front, ...graph.operators];
}

/** Weights of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED. */
function packInt8(graph: TfliteGraph): void {
  for (const operator of graph.operators) {
    const facts = weightFacts(operator.builtin);
    const weight = facts === null ? null : operator.inputs[facts.weight];
    if (facts === null || !facts.hybrid || !(weight?.constant instanceof Float32Array)) continue;
    if (weight.constant.length < FEWEST_ELEMENTS) continue;
    const axis = facts.hybrid === "per-channel" ? facts.outputAxis : null;
    const slices = weightSlices(weight.constant, weight.shape, axis);
    const scales = weightScales(slices);
    const stored = quantiseWeights(slices, scales);
    operator.inputs[facts.weight] = quantised(
      "INT8",
      weight.shape,
      stored,
      scales,
      0,
      axis ?? 0,
      weight.name,
    );
  }
}
