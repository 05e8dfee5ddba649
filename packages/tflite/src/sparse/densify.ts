// Stores the zeros of 1x1 convolutions as nothing: a sparse tensor with a DENSIFY in front of the CONV_2D. XNNPACK looks
// through it, skips the zeros and computes; runtimes without it widen the weight when they load.

import { type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, TfliteGraph } from "../graph/tflite-graph.js";
import { makeOptions } from "../make-options.js";
import { compressRows, storedBytes } from "./compress-rows.js";
import type { SparseFailure } from "./conditions.js";
import { explicitPadding } from "./explicit-padding.js";
import { findSparseSubgraphs, type SparseSubgraph } from "./sparse-subgraph.js";

/** What stands in the file. */
export interface DensifiedWeights {
  /** Of all 1x1 convolutions. */
  readonly weights: number;
  readonly zeros: number;
  /** How many weights are stored sparse, and the bytes of all 1x1 weights if none were and as they are. */
  readonly stored: number;
  readonly denseBytes: number;
  readonly sparseBytes: number;
}

/**
 * Changes the graph where all conditions hold, and not at all where one fails (but for the form of its padding).
 *
 * A weight with so few zeros that it is smaller dense stays dense: XNNPACK looks at the zeros, not at how they are stored.
 */
export function densify(
  graph: TfliteGraph,
): DensifiedWeights | { readonly failures: readonly SparseFailure[] } {
  explicitPadding(graph);
  const { subgraphs, failures } = findSparseSubgraphs(graph);
  if (failures.length > 0) return { failures };
  return storeSparse(graph, subgraphs);
}

function storeSparse(graph: TfliteGraph, subgraphs: readonly SparseSubgraph[]): DensifiedWeights {
  const front: GraphOperator[] = [];
  let [denseBytes, sparseBytes] = [0, 0];
  for (const { inputs } of subgraphs.flatMap(({ pointwise }) => pointwise)) {
    const weight = inputs[1] as GraphTensor;
    const sparse = compressRows(weight);
    const [before, after] = [storedBytes(weight), storedBytes(sparse)];
    denseBytes += before;
    sparseBytes += Math.min(before, after);
    if (after >= before) continue;
    sparse.name = `${weight.name}_rows`;
    const wide = graphTensor("FLOAT32", weight.shape, null, weight.name);
    const options = makeOptions("DensifyOptions");
    front.push({ builtin: "DENSIFY", inputs: [sparse], outputs: [wide], options });
    inputs[1] = wide;
  }
  graph.operators = [...front, ...graph.operators];
  const total = (of: (subgraph: SparseSubgraph) => number): number =>
    subgraphs.reduce((sum, subgraph) => sum + of(subgraph), 0);
  const counts = { weights: total(({ weights }) => weights), zeros: total(({ zeros }) => zeros) };
  return { ...counts, stored: front.length, denseBytes, sparseBytes };
}

/**
 * CONV_2D on a sparse tensor loads and gives garbage without an error; FULLY_CONNECTED would take one, and gains nothing.
 * So every sparse tensor is read by DENSIFY alone.
 *
 * @throws Error where it is not: no graph that is made here is such
 */
export function requireDensified({ operators }: TfliteGraph): void {
  for (const { builtin, inputs } of operators) {
    const sparse = inputs.find((input) => input !== null && input.sparsity !== null);
    if (sparse && builtin !== "DENSIFY") throw new Error(`${builtin} reads the sparse tensor ${sparse.name}`);
  }
}
