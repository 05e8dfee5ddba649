// A factor or an offset for each channel behind a product by stored weights goes into them: (W·x + b)·s + t is
// (s·W)·x + (s·b + t). Batch normalisation is lowered to such a pair. Computed in float64 and rounded once.

import { type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import {
  type GraphOperator,
  type GraphUses,
  replaceTensors,
  type TfliteGraph,
  usesOf,
} from "../graph/tflite-graph.js";
import { type WeightFacts, weightFacts } from "../graph/weighted.js";

/** W and b of a product while factors are gathered. */
interface Gathered {
  readonly operator: GraphOperator;
  readonly facts: WeightFacts;
  scale: Float64Array;
  offset: Float64Array;
  /** The tensor that now is the product's result. */
  result: GraphTensor;
}

export function foldScales(graph: TfliteGraph): void {
  const uses = usesOf(graph);
  const gone = new Set<GraphOperator>();
  const replacements = new Map<GraphTensor, GraphTensor>();
  for (const operator of graph.operators) {
    const facts = weightFacts(operator.builtin);
    if (facts === null || gone.has(operator) || isActivated(operator)) continue;
    const gathered = gather(operator, facts, uses, gone);
    const [output] = operator.outputs as [GraphTensor];
    if (gathered === null || gathered.result === output) continue;
    rewrite(gathered);
    replacements.set(gathered.result, output);
    output.name = gathered.result.name;
  }
  graph.operators = graph.operators.filter((operator) => !gone.has(operator));
  replaceTensors(graph, replacements);
}

/** Follows the chain of factors and offsets behind a product. */
function gather(
  operator: GraphOperator,
  facts: WeightFacts,
  uses: GraphUses,
  gone: Set<GraphOperator>,
): Gathered | null {
  const [result] = operator.outputs as [GraphTensor];
  const weight = operator.inputs[facts.weight];
  if (!(weight?.constant instanceof Float32Array)) return null;
  const channels = weight.shape[facts.outputAxis] as number;
  // A weight that others read too stays as it is.
  if (uses.onlyConsumer(weight) !== operator) return null;
  const gathered: Gathered = {
    ...{ operator, facts, result },
    scale: new Float64Array(channels).fill(1),
    offset: biasOf(operator, facts, channels),
  };
  for (let next = uses.onlyConsumer(result); next !== null; next = uses.onlyConsumer(gathered.result)) {
    const numbers = channelOperand(next, gathered.result, channels);
    if (numbers === null || !absorb(gathered, next, numbers)) break;
    gone.add(next);
    gathered.result = next.outputs[0] as GraphTensor;
    if (isActivated(next)) break;
  }
  return gathered;
}

function absorb(gathered: Gathered, { builtin, inputs }: GraphOperator, numbers: Float64Array): boolean {
  const { scale, offset } = gathered;
  const isLeft = inputs[0] === gathered.result;
  switch (builtin) {
    case "MUL":
      gathered.scale = scale.map((value, i) => value * (numbers[i] as number));
      gathered.offset = offset.map((value, i) => value * (numbers[i] as number));
      return true;
    case "DIV":
      if (!isLeft || numbers.includes(0)) return false;
      return absorb(
        gathered,
        { builtin: "MUL", inputs } as GraphOperator,
        numbers.map((value) => 1 / value),
      );
    case "ADD":
      gathered.offset = offset.map((value, i) => value + (numbers[i] as number));
      return true;
    case "SUB":
      if (!isLeft) return false;
      gathered.offset = offset.map((value, i) => value - (numbers[i] as number));
      return true;
    default:
      return false;
  }
}

/** One number for each channel of an operand that is a constant; null where it is none or broadcasts otherwise. */
function channelOperand(
  { inputs, outputs }: GraphOperator,
  product: GraphTensor,
  channels: number,
): Float64Array | null {
  if (inputs.length !== 2 || outputs[0]?.shape.join() !== product.shape.join()) return null;
  const other = inputs[0] === product ? inputs[1] : inputs[0];
  if (!(other?.constant instanceof Float32Array)) return null;
  const { constant, shape } = other;
  if (constant.length === 1) return new Float64Array(channels).fill(constant[0] as number);
  if (constant.length !== channels || shape[shape.length - 1] !== channels) return null;
  return Float64Array.from(constant);
}

function biasOf({ inputs }: GraphOperator, facts: WeightFacts, channels: number): Float64Array {
  const bias = inputs[facts.bias]?.constant;
  return bias ? Float64Array.from(bias) : new Float64Array(channels);
}

function rewrite({ operator, facts, scale, offset }: Gathered): void {
  const weight = operator.inputs[facts.weight] as GraphTensor;
  const elements = weight.constant as Float32Array;
  const behind = weight.shape.slice(facts.outputAxis + 1).reduce((a, b) => a * b, 1);
  const channels = scale.length;
  const scaled = elements.map((value, i) => value * (scale[Math.floor(i / behind) % channels] as number));
  operator.inputs[facts.weight] = graphTensor("FLOAT32", weight.shape, scaled, weight.name);
  const name = operator.inputs[facts.bias]?.name ?? "";
  operator.inputs[facts.bias] = graphTensor("FLOAT32", [channels], Float32Array.from(offset), name);
}

export function isActivated({ options }: GraphOperator): boolean {
  return options !== null && "fusedActivation" in options && options.fusedActivation !== "NONE";
}
