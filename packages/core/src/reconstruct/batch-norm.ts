// Re-estimation of the stored statistics of batch normalisations.

import { type Facts, type Model, type Node, readFloats, type Tensor } from "@espalier/ir";
import { channelMoments } from "../calibration/channel-moments.js";
import type { Batches, RunOptions } from "../calibration/frontier.js";
import type { HandlerRegistry, RunningStatistics } from "../ops/handler.js";
import { unlessInvalid } from "./stations.js";
import { storeConstant } from "./store-constant.js";
import { isWritable, withValues } from "./with-values.js";

export interface StatisticsUpdate {
  /** Name of the normalised value. */
  readonly layer: string;
  /** Mean over channels of |new − old mean| / √(old variance). */
  readonly meanShift: number;
  /** Mean over channels of new / old variance. */
  readonly varianceRatio: number;
}

/** Normalisations by stored statistics that nobody else reads. */
export function findStatistics(
  model: Model,
  facts: Facts,
  handlers: HandlerRegistry,
): Map<Node, RunningStatistics> {
  const found = new Map<Node, RunningStatistics>();
  for (const node of model.graph.nodes) {
    const handler = handlers.find(node);
    const statistics = unlessInvalid(() =>
      handler?.runningStatistics?.(handler.definition.view(node, facts), facts),
    );
    if (statistics == null) continue;
    const parts = [statistics.mean, statistics.variance];
    if (parts.every((value) => value.consumers.size === 1 && isWritable(facts.constant(value)?.dataType)))
      found.set(node, statistics);
  }
  return found;
}

/**
 * Stores mean and variance of what enters a normalisation, measured on the calibration inputs.
 *
 *   mean[c] = E[x_c],  variance[c] = E[(x_c − mean[c])²]
 *
 * Removing channels shifts what the next normalisation receives; statistics that fit again recover much of the
 * accuracy without touching a weight (Li et al. 2020, "EagleEye", arXiv:2007.02491).
 */
export async function reestimate(
  { mean, variance, y }: RunningStatistics,
  batches: Batches,
  facts: Facts,
  { runtime, threads }: RunOptions,
): Promise<StatisticsUpdate> {
  const [oldMean, oldVariance] = [mean, variance].map((value) => facts.constant(value) as Tensor) as [
    Tensor,
    Tensor,
  ];
  const [means, variances] = [readFloats(oldMean), readFloats(oldVariance)];
  const moments = await channelMoments(runtime, batches, means, threads);
  storeConstant(mean, withValues(oldMean, moments.mean));
  storeConstant(variance, withValues(oldVariance, moments.variance));
  const average = (of: (c: number) => number): number =>
    means.reduce((sum, _, c) => sum + of(c), 0) / Math.max(1, means.length);
  return {
    layer: y.name,
    meanShift: average(
      (c) =>
        Math.abs((moments.mean[c] as number) - (means[c] as number)) /
        Math.sqrt(Math.max(variances[c] as number, 1e-12)),
    ),
    varianceRatio: average((c) => (moments.variance[c] as number) / Math.max(variances[c] as number, 1e-12)),
  };
}
