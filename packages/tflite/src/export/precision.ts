// What weights are stored as. `float16` halves the file and changes nothing else: runtimes widen it when they load.
// `dynamic-int8` stores the weights of products as int8 with a scale for each output; runtimes quantise the activations of
// those operators while they run.

import { numberToFloat16 } from "@espalier/ir";
import { type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, TfliteGraph } from "../graph/tflite-graph.js";
import { weightFacts } from "../graph/weighted.js";

export type Precision = "float32" | "float16" | "dynamic-int8";

export function packWeights(graph: TfliteGraph, precision: Precision): void {
  if (precision === "float16") halveConstants(graph);
  if (precision === "dynamic-int8") quantiseWeights(graph);
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
function quantiseWeights(graph: TfliteGraph): void {
  for (const operator of graph.operators) {
    const facts = weightFacts(operator.builtin);
    const weight = facts === null ? null : operator.inputs[facts.weight];
    if (facts === null || !facts.hybrid || !(weight?.constant instanceof Float32Array)) continue;
    if (weight.constant.length < FEWEST_ELEMENTS) continue;
    operator.inputs[facts.weight] = quantised(
      weight,
      facts.hybrid === "per-channel" ? facts.outputAxis : null,
    );
  }
}

/** Symmetric: scale = max|w| / 127, zero point 0 (Jacob et al. 2018, section 3, for signed weights). */
export function quantised(weight: GraphTensor, axis: number | null): GraphTensor {
  const { shape, name } = weight;
  const elements = weight.constant as Float32Array;
  const slices = axis === null ? 1 : (shape[axis] as number);
  const behind = axis === null ? elements.length : shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const sliceOf = (i: number): number => Math.floor(i / behind) % slices;
  const most = new Float32Array(slices);
  for (const [i, value] of elements.entries())
    most[sliceOf(i)] = Math.max(most[sliceOf(i)] as number, Math.abs(value));
  const scale = most.map((value) => (value === 0 ? 1 : value / 127));
  const stored = Int8Array.from(elements, (value, i) =>
    Math.min(127, Math.max(-127, Math.round(value / (scale[sliceOf(i)] as number)))),
  );
  const tensor = graphTensor("INT8", shape, stored, name);
  tensor.quantization = {
    scale,
    zeroPoint: new Array<number>(slices).fill(0),
    min: new Float32Array(0),
    max: new Float32Array(0),
    quantizedDimension: axis ?? 0,
  };
  return tensor;
}
