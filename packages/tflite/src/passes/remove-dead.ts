// Operators that nothing needs go. Constants go with their readers, since only what is read gets a number.

import type { GraphTensor } from "../graph/graph-tensor.js";
import type { TfliteGraph } from "../graph/tflite-graph.js";

export function removeDead(graph: TfliteGraph): void {
  const needed = new Set<GraphTensor>(graph.outputs);
  const kept = [...graph.operators].reverse().filter(({ inputs, outputs }) => {
    if (!outputs.some((output) => needed.has(output))) return false;
    for (const input of inputs) if (input !== null) needed.add(input);
    return true;
  });
  graph.operators = kept.reverse();
}
