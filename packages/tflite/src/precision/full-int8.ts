// A float graph whose operators compute in int8 wherever TFLite has kernels for it: weights in int8, biases in int32,
// activations in int8 with the ranges that were observed. QUANTIZE and DEQUANTIZE stand where float meets int8, so what
// goes in and comes out stays float.

import {
  type AffineParameters,
  asymmetricInt8,
  clamp,
  quantiseBias,
  quantiseInt8,
  quantiseWeights,
  rangeOf,
  type ValueRange,
  weightScales,
  weightSlices,
} from "@espalier/core";
import type { GraphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, TfliteGraph } from "../graph/tflite-graph.js";
import { type WeightFacts, weightFacts } from "../graph/weighted.js";
import { activationInputs, type Int8Parameters, int8Parameters } from "./int8-parameters.js";
import { int8Rule } from "./int8-rules.js";
import { quantised } from "./quantised-tensor.js";

/**
 * Rewrites the graph.
 *
 * @param ranges of every float tensor that is fed or computed
 * @returns how many operators compute in int8, and how many stay float
 */
export function quantiseGraph(
  graph: TfliteGraph,
  ranges: ReadonlyMap<GraphTensor, ValueRange>,
): { readonly int8: number; readonly float: number } {
  const chosen = new Set(graph.operators.filter(canBeInt8));
  const rewriter = new Rewriter(graph, chosen, int8Parameters([...chosen], ranges));
  graph.operators = graph.operators.flatMap((operator) => rewriter.rewrite(operator));
  return { int8: chosen.size, float: graph.operators.filter(computesInFloat).length };
}

/** Activations are float32; weights, where there are some, are stored, and not in groups. */
function canBeInt8(operator: GraphOperator): boolean {
  if (int8Rule(operator) === null || operator.outputs.some(({ type }) => type !== "FLOAT32")) return false;
  if (activationInputs(operator).every(({ constant }) => constant !== null)) return false;
  const facts = weightFacts(operator.builtin);
  if (facts === null) return true;
  const [x, w, b] = [facts.input, facts.weight, facts.bias].map((i) => operator.inputs[i]);
  if (!(w?.constant instanceof Float32Array) || (b && !(b.constant instanceof Float32Array))) return false;
  return operator.builtin !== "CONV_2D" || x?.shape[3] === w.shape[3];
}

function computesInFloat({ builtin, outputs }: GraphOperator): boolean {
  return builtin !== "DEQUANTIZE" && outputs.some(({ type }) => type === "FLOAT32");
}

class Rewriter {
  readonly #chosen: ReadonlySet<GraphOperator>;
  readonly #parameters: Int8Parameters;
  /** Float tensors that somebody reads as such. */
  readonly #readAsFloat: ReadonlySet<GraphTensor>;
  readonly #twins = new Map<GraphTensor, GraphTensor>();

  constructor(graph: TfliteGraph, chosen: ReadonlySet<GraphOperator>, parameters: Int8Parameters) {
    this.#chosen = chosen;
    this.#parameters = parameters;
    const readers = graph.operators.filter((operator) => !chosen.has(operator));
    this.#readAsFloat = new Set([
      ...graph.outputs,
      ...readers.flatMap(({ inputs }) => inputs.filter((input) => input !== null)),
    ]);
  }

  /** The operator, with what stands before and behind it. */
  rewrite(operator: GraphOperator): GraphOperator[] {
    if (!this.#chosen.has(operator)) return [operator];
    const before: GraphOperator[] = [];
    const behind: GraphOperator[] = [];
    const facts = weightFacts(operator.builtin);
    const activations = new Set(activationInputs(operator));
    const inputs = operator.inputs.map((input) => {
      if (input === null || !activations.has(input)) return input;
      if (input.constant !== null) return this.#constant(operator, input);
      const known = this.#twins.get(input);
      if (known !== undefined) return known;
      const twin = this.#twin(input, this.#parameters.of(input));
      this.#twins.set(input, twin);
      before.push(quantize(input, twin));
      return twin;
    });
    if (facts !== null) quantiseProduct(inputs, facts);
    const outputs = operator.outputs.map((output) => {
      const written = this.#twin(output, this.#parameters.written(output));
      const shared = this.#parameters.of(output);
      const twin = sameParameters(written, shared) ? written : this.#twin(output, shared);
      if (twin !== written) behind.push(quantize(written, twin));
      this.#twins.set(output, twin);
      if (this.#readAsFloat.has(output)) behind.push(dequantize(written, output));
      return written;
    });
    return [...before, { ...operator, inputs, outputs }, ...behind];
  }

  #twin({ shape, name }: GraphTensor, { scale, zeroPoint }: AffineParameters): GraphTensor {
    return quantised("INT8", shape, null, Float32Array.of(scale), zeroPoint, 0, `${name}_int8`);
  }

  /** A stored activation, such as what is added to a channel; cut where a rule says so. */
  #constant(operator: GraphOperator, { shape, name, constant }: GraphTensor): GraphTensor {
    const elements = constant as Float32Array;
    const rule = int8Rule(operator);
    const output = operator.outputs[0] as GraphTensor;
    const whole = elements.reduce(
      ({ min, max }, value) => ({ min: Math.min(min, value), max: Math.max(max, value) }),
      { min: 0, max: 0 },
    );
    const parameters = rule?.scales === "same" ? this.#parameters.of(output) : asymmetricInt8(whole);
    const { min, max } = rangeOf(parameters);
    const stored = quantiseInt8(
      elements.map((value) => clamp(value, min, max)),
      parameters,
    );
    const { scale, zeroPoint } = parameters;
    return quantised("INT8", shape, stored, Float32Array.of(scale), zeroPoint, 0, name);
  }
}

/** Weights and bias of a product, in the unit of its input. */
function quantiseProduct(inputs: (GraphTensor | null)[], facts: WeightFacts): void {
  const weight = inputs[facts.weight] as GraphTensor;
  const bias = inputs[facts.bias] ?? null;
  const inputScale = inputs[facts.input]?.quantization?.scale[0] as number;
  const axis = facts.hybrid === "per-tensor" ? null : facts.outputAxis;
  const slices = weightSlices(weight.constant as Float32Array, weight.shape, axis);
  const elements = bias?.constant as Float32Array | undefined;
  const scales = weightScales(slices, elements === undefined ? null : { elements, inputScale });
  const stored = quantiseWeights(slices, scales);
  inputs[facts.weight] = quantised("INT8", weight.shape, stored, scales, 0, axis ?? 0, weight.name);
  if (bias === null || elements === undefined) return;
  const whole = quantiseBias(elements, inputScale, scales);
  inputs[facts.bias] = quantised("INT32", bias.shape, whole.stored, whole.scales, 0, 0, bias.name);
}

function sameParameters({ quantization }: GraphTensor, { scale, zeroPoint }: AffineParameters): boolean {
  return quantization?.scale[0] === Math.fround(scale) && quantization.zeroPoint[0] === zeroPoint;
}

function quantize(from: GraphTensor, to: GraphTensor): GraphOperator {
  return { builtin: "QUANTIZE", inputs: [from], outputs: [to], options: { type: "QuantizeOptions" } };
}

function dequantize(from: GraphTensor, to: GraphTensor): GraphOperator {
  return { builtin: "DEQUANTIZE", inputs: [from], outputs: [to], options: { type: "DequantizeOptions" } };
}
