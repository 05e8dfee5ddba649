// The weights whose zeros a runtime could skip: those of 1x1 convolutions, where the network meets every condition but that
// on how many zeros there are.

import type { Model } from "@espalier/ir";
import { lowerModel } from "../export/export-tflite.js";
import type { LoweringRefusal } from "../lower/refusal.js";
import type { SparseFailure } from "./conditions.js";
import { explicitPadding } from "./explicit-padding.js";
import { isPointwise } from "./judge-windows.js";
import { findSparseSubgraphs } from "./sparse-subgraph.js";

export interface PointwiseWeights {
  /** Names of the weights, as the network has them, in the order in which they are read; none where anything fails. */
  readonly names: readonly string[];
  /** What is in the way. */
  readonly failures: readonly (SparseFailure | LoweringRefusal)[];
}

/** @throws EspalierError `SIZE_UNKNOWN` for an input dimension that nothing binds */
export function pointwiseWeights(
  model: Model,
  bindings: Readonly<Record<string, number>> = {},
): PointwiseWeights {
  const { graph, refused } = lowerModel(model, { bindings });
  if (graph === null) return { names: [], failures: refused };
  explicitPadding(graph);
  const { failures } = findSparseSubgraphs(graph);
  const others = failures.filter(({ code }) => code !== "SPARSE_TOO_FEW_ZEROS");
  if (others.length > 0) return { names: [], failures: others };
  const names = graph.operators.filter(isPointwise).map(({ inputs }) => inputs[1]?.name ?? "");
  return { names: [...new Set(names)], failures: [] };
}
