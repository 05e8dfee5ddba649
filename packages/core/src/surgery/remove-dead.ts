// Removes what nothing reads: nodes without a used output, constants without a reader.

import { capturedValues, type Graph, type Node, type Value } from "@espalier/ir";

export interface RemovedDead {
  readonly nodes: number;
  readonly initializers: number;
}

/** Removes dead nodes and constants of the main graph in place. Graph inputs and outputs stay. */
export function removeDead(graph: Graph): RemovedDead {
  const needed = new Set<Node>();
  const read = new Set<Value>(graph.outputs);
  const pending: (Value | null)[] = [...graph.outputs];
  for (let value = pending.pop(); pending.length > 0 || value != null; value = pending.pop()) {
    const node = value?.producer;
    if (node == null || needed.has(node)) continue;
    needed.add(node);
    for (const input of [...node.inputs, ...capturedOf(node)]) {
      if (input === null) continue;
      read.add(input);
      pending.push(input);
    }
  }
  const dead = [...graph.nodes].filter((node) => !needed.has(node));
  graph.remove(dead);
  const inputs = new Set(graph.inputs);
  let initializers = 0;
  for (const value of graph.initializers) {
    if (read.has(value) || inputs.has(value)) continue;
    graph.initializers.delete(value);
    initializers++;
  }
  return { nodes: dead.length, initializers };
}

function capturedOf(node: Node): Iterable<Value> {
  return node.subgraphs.length > 0 ? capturedValues(node) : [];
}

/** Makes initialisers that are also graph inputs plain constants, so that runtimes fold them. */
export function dropOverridableInputs(graph: Graph): number {
  const plain = graph.inputs.filter(
    (value) => value.initializer === null && value.sparseInitializer === undefined,
  );
  const dropped = graph.inputs.length - plain.length;
  graph.inputs.splice(0, graph.inputs.length, ...plain);
  return dropped;
}
