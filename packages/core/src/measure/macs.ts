// Multiply-accumulates and parameters, counted from shapes. 1 MAC = 2 FLOPs. Only contractions count, as in
// the papers; element-wise work does not.

import { type Facts, isEspalierError, type Model, type Node, type Value } from "@espalier/ir";
import type { HandlerRegistry } from "../ops/handler.js";

export interface NodeMacs {
  readonly node: Node;
  /** null when a dimension is symbolic. */
  readonly macs: number | null;
}

export interface MacCount {
  /** null when some node's are. */
  readonly total: number | null;
  readonly nodes: readonly NodeMacs[];
}

/** MACs of the main graph at the shapes `facts` knows. Nodes without a count are left out. */
export function countMacs(model: Model, facts: Facts, handlers: HandlerRegistry): MacCount {
  const nodes: NodeMacs[] = [];
  for (const node of model.graph.nodes) {
    const handler = handlers.find(node);
    if (handler?.macs === undefined) continue;
    nodes.push({ node, macs: macsOf(node, facts, handler) });
  }
  const total = nodes.reduce<number | null>(
    (sum, { macs }) => (sum === null || macs === null ? null : sum + macs),
    0,
  );
  return { total, nodes };
}

function macsOf(
  node: Node,
  facts: Facts,
  handler: NonNullable<ReturnType<HandlerRegistry["find"]>>,
): number | null {
  try {
    return handler.macs?.(handler.definition.view(node, facts), facts) ?? null;
  } catch (error) {
    if (isEspalierError(error)) return null;
    throw error;
  }
}

/** Constants that hold weights: floating-point tensors of the main graph, initialisers and Constant nodes alike. */
export function weightsOf(model: Model, facts: Facts): Map<Value, number> {
  const weights = new Map<Value, number>();
  const add = (value: Value | null): void => {
    const tensor = value === null ? null : facts.constant(value);
    if (value !== null && tensor !== null && FLOATING.has(tensor.dataType)) weights.set(value, tensor.size);
  };
  for (const value of model.graph.initializers) add(value);
  for (const node of model.graph.nodes)
    if (node.inputs.length === 0 && node.subgraphs.length === 0) node.outputs.forEach(add);
  return weights;
}

/** Number of weights. */
export function countParameters(model: Model, facts: Facts): number {
  return [...weightsOf(model, facts).values()].reduce((sum, size) => sum + size, 0);
}

/** float, float16, double, bfloat16, and the 8-bit floats. */
const FLOATING: ReadonlySet<number> = new Set([1, 10, 11, 16, 17, 18, 19, 20]);
