// Moves that undo each other go: TRANSPOSE behind TRANSPOSE and RESHAPE behind RESHAPE become one or none.

import { type GraphTensor, intConstant } from "../graph/graph-tensor.js";
import { type GraphOperator, replaceTensors, type TfliteGraph, usesOf } from "../graph/tflite-graph.js";

export function cancelMoves(graph: TfliteGraph): void {
  const uses = usesOf(graph);
  const replacements = new Map<GraphTensor, GraphTensor>();
  const outputs = new Set(graph.outputs);
  const gone = new Set<GraphOperator>();
  for (const operator of graph.operators) {
    const [x] = operator.inputs;
    const before = x === null || x === undefined ? null : uses.producer(x);
    if (before?.builtin === operator.builtin) {
      if (operator.builtin === "RESHAPE") operator.inputs[0] = before.inputs[0] as GraphTensor;
      if (operator.builtin === "TRANSPOSE") {
        const [first, second] = [before, operator].map(({ inputs }) => [...(inputs[1]?.constant ?? [])]);
        operator.inputs[0] = before.inputs[0] as GraphTensor;
        const perm = (second as number[]).map((axis) => first?.[axis] as number);
        operator.inputs[1] = intConstant([perm.length], perm);
      }
    }
    const [source] = operator.inputs;
    const [result] = operator.outputs;
    if (!source || !result || !movesNothing(operator, source, result)) continue;
    // What comes in cannot go out under another name.
    if (
      outputs.has(result) &&
      (source.constant !== null || graph.inputs.includes(source) || outputs.has(source))
    )
      continue;
    if (outputs.has(result)) source.name = result.name;
    replacements.set(result, source);
    gone.add(operator);
  }
  graph.operators = graph.operators.filter((operator) => !gone.has(operator));
  replaceTensors(graph, replacements);
}

function movesNothing({ builtin, inputs }: GraphOperator, source: GraphTensor, result: GraphTensor): boolean {
  if (builtin === "RESHAPE") return source.shape.join() === result.shape.join();
  if (builtin !== "TRANSPOSE") return false;
  return (inputs[1]?.constant ?? []).every((axis: number, i: number) => axis === i);
}
