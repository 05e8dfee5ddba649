// The nodes that the outputs need. What only computes shapes, whose results are known, is not among them.

import { type Facts, type Model, type Node, topologicalOrder, type Value } from "@espalier/ir";

/** In the order of execution. */
export function neededNodes(model: Model, facts: Facts): Node[] {
  const needed = new Set<Node>();
  const pending: Value[] = [...model.graph.outputs];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const { producer } = value;
    if (producer === null || needed.has(producer) || isKnown(value, facts)) continue;
    needed.add(producer);
    for (const input of producer.inputs) if (input !== null) pending.push(input);
  }
  return topologicalOrder(model.graph).filter((node) => needed.has(node));
}

/** True where the elements of a value are known without running anything. */
export function isKnown(value: Value, facts: Facts): boolean {
  if (facts.constant(value) !== null) return true;
  return facts.contents(value)?.every((element) => typeof element === "number") === true;
}
