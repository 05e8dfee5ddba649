// Which nodes of a network that is rewritten in float16 stay in float32, each with its reason. What an operator says of
// itself stands in its definition; what only the network around it says is decided here.

import {
  createOpRegistry,
  DataType,
  type Facts,
  type Model,
  type Node,
  OP_DEFINITIONS,
  type OpRegistry,
  type Value,
} from "@espalier/ir";
import { fitsFloat16 } from "./float16-tensor.js";
import type { KeptReason } from "./float32-reasons.js";

export interface KeptNode {
  readonly node: string;
  readonly opType: string;
  readonly reason: KeptReason;
}

/** Nodes of the main graph that read or write floats and stay in float32, in their order. */
export function nodesInFloat32(model: Model, facts: Facts): ReadonlyMap<Node, KeptReason> {
  const registry = createOpRegistry(OP_DEFINITIONS);
  const kept = new Map<Node, KeptReason>();
  const counted = new Set<Value>();
  for (const node of model.graph.nodes) {
    const read = floats(node.inputs, facts);
    const written = floats(node.outputs, facts);
    if (read.length === 0 && written.length === 0) continue;
    if (written.every((value) => facts.constant(value) !== null) && read.length === 0) continue;
    const counts = node.subgraphs.length === 0 && isCounted(read, facts, counted);
    if (counts) for (const value of written) counted.add(value);
    const reason = reasonOf(node, read, facts, registry) ?? (counts ? "FLOAT32_COUNTED" : null);
    if (reason !== null) kept.set(node, reason);
  }
  return kept;
}

function reasonOf(node: Node, read: readonly Value[], facts: Facts, registry: OpRegistry): KeptReason | null {
  if (node.subgraphs.length > 0) return "FLOAT32_SUBGRAPH";
  const definition = registry.find(node);
  if (definition === null) return "FLOAT32_UNKNOWN";
  if (definition.float32 !== undefined) return `FLOAT32_${definition.float32}`;
  const own = definition.float32Inputs?.map((index) => node.input(index)) ?? [];
  const stored = read.filter((value) => !own.includes(value)).map((value) => facts.constant(value));
  return stored.some((tensor) => tensor !== null && !fitsFloat16(tensor)) ? "FLOAT32_CONSTANT" : null;
}

/**
 * Whether floats follow from integers alone. Vectors may have a part in it (frequencies of positions); a stored matrix makes
 * features of them, which is where a network begins.
 */
function isCounted(read: readonly Value[], facts: Facts, counted: ReadonlySet<Value>): boolean {
  const moving = read.filter((value) => facts.constant(value) === null);
  const isVector = (dims: readonly number[]): boolean => dims.filter((size) => size > 1).length <= 1;
  const vectors = read.every((value) => isVector(facts.constant(value)?.dims ?? []));
  return vectors && moving.every((value) => counted.has(value)) && (moving.length > 0 || read.length === 0);
}

/** The float32 values among these. */
export function floats(values: readonly (Value | null)[], facts: Facts): Value[] {
  return values.filter((value) => value !== null && facts.dataType(value) === DataType.FLOAT) as Value[];
}
