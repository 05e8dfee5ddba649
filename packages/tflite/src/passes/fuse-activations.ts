// An activation behind an operator that can do it on the way goes into its options.

import type { GraphTensor } from "../graph/graph-tensor.js";
import { type GraphOperator, replaceTensors, type TfliteGraph, usesOf } from "../graph/tflite-graph.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import { isActivated } from "./fold-scales.js";

const FUSED: Partial<Record<BuiltinOperator, "RELU" | "RELU6" | "RELU_N1_TO_1">> = {
  RELU: "RELU",
  RELU6: "RELU6",
  RELU_N1_TO_1: "RELU_N1_TO_1",
};

/** Kernels that know the option but, in older runtimes, only from a later version on or not at all. */
const LEFT_ALONE: ReadonlySet<BuiltinOperator> = new Set<BuiltinOperator>([
  "TRANSPOSE_CONV",
  "CONCATENATION",
]);

export function fuseActivations(graph: TfliteGraph): void {
  const uses = usesOf(graph);
  const gone = new Set<GraphOperator>();
  const replacements = new Map<GraphTensor, GraphTensor>();
  for (const operator of graph.operators) {
    const { options, outputs } = operator;
    const [result] = outputs;
    if (result === undefined || options === null || !("fusedActivation" in options)) continue;
    if (LEFT_ALONE.has(operator.builtin) || isActivated(operator) || result.type !== "FLOAT32") continue;
    const next = uses.onlyConsumer(result);
    const activation = next === null ? undefined : FUSED[next.builtin];
    if (next === null || activation === undefined) continue;
    operator.options = { ...options, fusedActivation: activation };
    gone.add(next);
    const after = next.outputs[0] as GraphTensor;
    replacements.set(after, result);
    result.name = after.name;
  }
  graph.operators = graph.operators.filter((operator) => !gone.has(operator));
  replaceTensors(graph, replacements);
}
