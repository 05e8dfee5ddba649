// Topological order, stable and iterative: nodes keep their file order wherever dependencies allow.

import { EspalierError } from "../errors.js";
import type { Graph } from "./graph.js";
import { graphsWithin } from "./graph.js";
import type { Node } from "./node.js";
import type { Value } from "./value.js";

/**
 * Nodes of `graph` such that producers come before consumers; a node with subgraphs depends on every value
 * they capture.
 * @throws EspalierError `CYCLE` naming a node on it
 */
export function topologicalOrder(graph: Graph): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, "open" | "done">();
  for (const root of graph.nodes) {
    const stack: Node[] = [root];
    while (stack.length > 0) {
      const node = stack[stack.length - 1] as Node;
      if (state.get(node) === "done") {
        stack.pop();
        continue;
      }
      const pending = dependencies(node, graph).filter((before) => state.get(before) !== "done");
      if (pending.length === 0) {
        state.set(node, "done");
        order.push(node);
        stack.pop();
        continue;
      }
      state.set(node, "open");
      const cyclic = pending.find((before) => state.get(before) === "open");
      if (cyclic !== undefined) {
        throw new EspalierError("CYCLE", "Nodes depend on themselves", {
          node: cyclic.name,
          opType: cyclic.opType,
        });
      }
      for (const before of pending.reverse()) stack.push(before);
    }
  }
  return order;
}

/** Brings the nodes of `graph` into topological order. */
export function sortTopologically(graph: Graph): void {
  graph.reorder(topologicalOrder(graph));
}

/** Values that the subgraphs of `node` read from outside themselves. */
export function capturedValues(node: Node): Set<Value> {
  const captured = new Set<Value>();
  for (const subgraph of node.subgraphs) {
    const inside = new Set<Value>();
    const read: Value[] = [];
    for (const graph of graphsWithin(subgraph)) {
      for (const value of graph.inputs) inside.add(value);
      for (const value of graph.initializers) inside.add(value);
      for (const inner of graph.nodes) {
        for (const output of inner.outputs) if (output !== null) inside.add(output);
        for (const input of inner.inputs) if (input !== null) read.push(input);
      }
      for (const output of graph.outputs) read.push(output);
    }
    for (const value of read) if (!inside.has(value)) captured.add(value);
  }
  return captured;
}

function dependencies(node: Node, graph: Graph): Node[] {
  const producers = new Set<Node>();
  const add = (value: Value | null): void => {
    const producer = value?.producer;
    if (producer?.graph === graph) producers.add(producer);
  };
  node.inputs.forEach(add);
  if (node.subgraphs.length > 0) capturedValues(node).forEach(add);
  return [...producers];
}
