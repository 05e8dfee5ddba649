// What the loss says about units: gradients of gates, summed over a set. Core's Taylor criteria and the importance of
// attention heads are made of them.

import {
  abortedError,
  type GateStatistics,
  GateSums,
  type Runtime,
  type RuntimeTensor,
} from "@espalier/core";
import type { Model } from "@espalier/ir";
import { type EvaluationSet, requireBatches } from "../batches/batch-source.js";
import { defaultGradients } from "../gradients/all.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import type { Loss } from "../losses/loss.js";
import { checkedBatch } from "../step/checked-batch.js";
import type { Gate } from "./gate.js";
import { buildGateGraph } from "./gate-graph.js";

export interface GateGradientsOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** Sizes of all symbolic dimensions, the batch included. */
  readonly bindings: Readonly<Record<string, number>>;
  readonly loss: Loss;
  readonly gates: readonly Gate[];
  /** In batches of the size that is bound. */
  readonly set: EvaluationSet;
  readonly rules?: GradientRegistry;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/**
 * For every gate z_u (= 1) and sample n: G[n, u] = ∂L_n/∂z_u = Σ value·∂L_n/∂value over all that unit u gates, L_n the
 * loss of sample n, with batch normalisations by their stored statistics; summed over the set.
 *
 * Sources: Michel et al. 2019, equation 2, arXiv:1905.10650; Molchanov et al. 2019, §3.3, arXiv:1906.10771.
 *
 * @returns by the id of the gate
 * @throws EspalierError `NO_GRADIENT`, `SIZE_UNKNOWN`, `UNSUPPORTED_VERSION`, `INVALID_BATCH`, `ABORTED`
 */
export async function gateGradients(
  options: GateGradientsOptions,
): Promise<ReadonlyMap<string, GateStatistics>> {
  const { runtime, model, gates, set, rules = defaultGradients(), threads, signal } = options;
  requireBatches(set.batches, set.name);
  const graph = buildGateGraph(model, gates, { ...options, rules });
  const samples = graph.batch[0]?.dims[0] ?? 1;
  const sums = gates.map(({ width }) => new GateSums(width));
  const session = await runtime.load(graph.bytes, threads === undefined ? {} : { threads });
  try {
    for (let i = 0; i < set.batches; i++) {
      if (signal?.aborted) throw abortedError(signal);
      const results = await session.run(checkedBatch(await set.batch(i), graph.batch));
      for (const [g, points] of graph.outputs.entries()) {
        const { width } = gates[g] as Gate;
        const gradients = new Float64Array(samples * width);
        for (const { name, point } of points)
          addPoint(gradients, results[name] as RuntimeTensor, { samples, width, unitOf: point.unitOf });
        sums[g]?.add(gradients);
      }
    }
  } finally {
    await session.dispose();
  }
  return new Map(gates.map(({ id }, g) => [id, sums[g] as GateStatistics]));
}

/** Adds the gradients of one point, [rows, positions]; the rows of a sample lie together where there are several. */
function addPoint(
  gradients: Float64Array,
  { data }: RuntimeTensor,
  {
    samples,
    width,
    unitOf,
  }: { readonly samples: number; readonly width: number; readonly unitOf: Int32Array },
): void {
  const positions = unitOf.length;
  const rows = data.length / positions;
  if (rows % samples !== 0) throw new Error(`${rows} rows are no rows of ${samples} samples`);
  for (let row = 0; row < rows; row++) {
    const sample = Math.floor((row * samples) / rows);
    for (let p = 0; p < positions; p++) {
      const unit = unitOf[p] as number;
      if (unit < 0) continue;
      const place = sample * width + unit;
      // The loss is the mean over the samples: times their number it is that of one.
      gradients[place] = (gradients[place] as number) + samples * Number(data[row * positions + p]);
    }
  }
}
