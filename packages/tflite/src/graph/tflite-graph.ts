// A TFLite graph that is being made. Lowering appends to it, passes rewrite it, `toModel` numbers it. Float graphs come
// first; what quantises or packs does so on this graph afterwards.

import type { BuiltinOperator } from "../schema/builtin-operator.js";
import type { BuiltinOptions } from "../schema/builtin-options.js";
import type { GraphTensor } from "./graph-tensor.js";

export interface GraphOperator {
  readonly builtin: BuiltinOperator;
  /** null for an optional input that is not there. */
  readonly inputs: (GraphTensor | null)[];
  readonly outputs: GraphTensor[];
  options: BuiltinOptions | null;
}

export interface TfliteGraph {
  readonly inputs: GraphTensor[];
  readonly outputs: GraphTensor[];
  /** In the order of execution. */
  operators: GraphOperator[];
  /** Results that are erf of a tensor. TFLite has no operator for it, so they are written out; GELUs are found by them. */
  readonly erfs: Map<GraphTensor, GraphTensor>;
}

/** Who makes a tensor, and who reads it. Of a graph as it is now. */
export interface GraphUses {
  producer(tensor: GraphTensor): GraphOperator | null;
  consumers(tensor: GraphTensor): readonly GraphOperator[];
  /** The operator that alone reads a tensor, which is no output either; null where there is none such. */
  onlyConsumer(tensor: GraphTensor): GraphOperator | null;
}

export function usesOf(graph: TfliteGraph): GraphUses {
  const producers = new Map<GraphTensor, GraphOperator>();
  const consumers = new Map<GraphTensor, GraphOperator[]>();
  for (const operator of graph.operators) {
    for (const output of operator.outputs) producers.set(output, operator);
    for (const input of new Set(operator.inputs)) {
      if (input === null) continue;
      const list = consumers.get(input);
      if (list === undefined) consumers.set(input, [operator]);
      else list.push(operator);
    }
  }
  const outputs = new Set(graph.outputs);
  return {
    producer: (tensor) => producers.get(tensor) ?? null,
    consumers: (tensor) => consumers.get(tensor) ?? [],
    onlyConsumer: (tensor) => {
      const list = consumers.get(tensor) ?? [];
      return list.length === 1 && !outputs.has(tensor) ? (list[0] as GraphOperator) : null;
    },
  };
}

/** Lets everybody read another tensor instead. */
export function replaceTensors(
  graph: TfliteGraph,
  replacements: ReadonlyMap<GraphTensor, GraphTensor>,
): void {
  if (replacements.size === 0) return;
  const last = (tensor: GraphTensor): GraphTensor => {
    let at = tensor;
    for (let next = replacements.get(at); next !== undefined; next = replacements.get(at)) at = next;
    return at;
  };
  for (const { inputs } of graph.operators)
    for (const [i, input] of inputs.entries()) if (input !== null) inputs[i] = last(input);
  for (const [i, output] of graph.outputs.entries()) graph.outputs[i] = last(output);
}
