// A float32 network rewritten in float16: its weights and what its nodes compute. Where float16 meets nodes that stay in
// float32, and where the network begins and ends, there is a Cast.

import { removeDead } from "@espalier/core";
import {
  cloneModel,
  createOpRegistry,
  DataType,
  type Facts,
  type Graph,
  graphsWithin,
  inferFacts,
  type Model,
  type Node,
  OP_DEFINITIONS,
  sortTopologically,
  type Value,
} from "@espalier/ir";
import { floats, type KeptNode, nodesInFloat32 } from "./stays-float32.js";
import { type StoredCounts, TypeTwins } from "./type-twins.js";

export interface Float16Options {
  /** Sizes of symbolic dimensions. */
  readonly bindings: ReadonlyMap<string, number>;
  /** Element type of the network's inputs and outputs that are float32. @default "float32" */
  readonly io?: "float32" | "float16";
}

export interface Float16Graph {
  readonly model: Model;
  /** Nodes that compute in float32, with the reason. */
  readonly kept: readonly KeptNode[];
  /** Nodes that compute in float16. */
  readonly nodes: number;
  readonly weights: StoredCounts;
}

/** `source` is not touched. Of a network without float32 nothing changes. */
export function float16Graph(source: Model, { bindings, io = "float32" }: Float16Options): Float16Graph {
  const { model } = cloneModel(source);
  const { graph } = model;
  const facts = inferFacts(model, { bindings });
  const kept = nodesInFloat32(model, facts);
  const computing = [...graph.nodes].filter(
    (node) => !kept.has(node) && floats([...node.inputs, ...node.outputs], facts).some(moves(facts)),
  );
  const halves = new Set<Value>(io === "float16" ? floats(graph.inputs, facts) : []);
  const registry = createOpRegistry(OP_DEFINITIONS);
  for (const node of computing) {
    const whole = registry.find(node)?.float32Outputs ?? [];
    for (const value of floats(without(node.outputs, whole), facts)) halves.add(value);
  }
  const twins = new TypeTwins(graph, facts);
  for (const node of computing) {
    const whole = registry.find(node)?.float32Inputs ?? [];
    for (const [i, value] of node.inputs.entries()) {
      if (value === null || facts.dataType(value) !== DataType.FLOAT) continue;
      if (whole.includes(i) && halves.has(value)) node.setInput(i, twins.whole(value));
      if (!whole.includes(i) && !halves.has(value)) node.setInput(i, twins.half(value));
    }
  }
  for (const value of halves) leaveFloat16(value, graph, new Set(computing), twins);
  for (const [i, output] of graph.outputs.entries()) {
    if (facts.dataType(output) !== DataType.FLOAT || halves.has(output) === (io === "float16")) continue;
    graph.outputs[i] = twins.output(output, io === "float16" ? DataType.FLOAT16 : DataType.FLOAT);
  }
  removeDead(graph);
  sortTopologically(graph);
  twins.takeNames();
  return {
    model,
    kept: [...kept].map(([{ name, opType }, reason]) => ({ node: name, opType, reason })),
    nodes: computing.length,
    weights: twins.stored,
  };
}

/** Whoever computes in float32 reads a value that became float16 through a Cast. */
function leaveFloat16(value: Value, graph: Graph, computing: ReadonlySet<Node>, twins: TypeTwins): void {
  for (const node of [...value.consumers]) {
    if (computing.has(node) || twins.isCast(node)) continue;
    for (const [i, input] of node.inputs.entries()) if (input === value) node.setInput(i, twins.whole(value));
  }
  for (const inner of graphsWithin(graph)) {
    if (inner === graph) continue;
    for (const [i, output] of inner.outputs.entries())
      if (output === value) inner.outputs[i] = twins.whole(value);
  }
  if (value.type?.kind === "tensor") value.type = { ...value.type, dataType: DataType.FLOAT16 };
}

const moves =
  (facts: Facts) =>
  (value: Value): boolean =>
    facts.constant(value) === null;

function without<T>(list: readonly T[], positions: readonly number[]): T[] {
  return list.filter((_, i) => !positions.includes(i));
}
