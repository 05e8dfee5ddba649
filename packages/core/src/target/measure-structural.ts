// Latency of the user's file, the clean dense baseline and the pruned model, side by side.

import type { LatencyPrediction, LatencyReport } from "../receipt/receipt.js";
import {
  type Feeds,
  type Footprint,
  isUnavailable,
  type LatencyStatistics,
  type Runtime,
  type Unavailable,
} from "../runtime.js";
import { deploymentOf } from "./deployment.js";
import type { PlannedModel, TargetRunOptions } from "./run-options.js";

export interface Measured {
  readonly latency: LatencyReport | Unavailable;
  readonly footprint: Footprint | Unavailable;
}

/** Measures at one thread, and at `threadsBeside`; claims are made at one. */
export async function measureStructural(
  options: TargetRunOptions,
  models: { readonly source?: Uint8Array; readonly before: Uint8Array; readonly after: Uint8Array },
  feeds: Feeds,
  planned: Pick<PlannedModel, "plan">,
): Promise<Measured> {
  const deployed = deploymentOf(options);
  if (isUnavailable(deployed)) return { latency: deployed, footprint: deployed };
  const footprint = await deployed.measureFootprint(models.after, feeds, options);
  const one = await measureAt(deployed, options, 1, models, feeds);
  if (isUnavailable(one)) return { latency: one, footprint };
  const beside: NonNullable<LatencyReport["beside"]>[number][] = [];
  for (const threads of options.threadsBeside ?? []) {
    const more = await measureAt(
      deployed,
      options,
      threads,
      { before: models.before, after: models.after },
      feeds,
    );
    if (!isUnavailable(more)) beside.push(compare(more));
  }
  const compared = compare(one);
  const predicted = predictionOf(planned, compared.after);
  return {
    latency: {
      source: one.source ?? null,
      ...compared,
      ...(predicted === null ? {} : { predicted }),
      beside,
    },
    footprint,
  };
}

/** How far off the plan was. */
function predictionOf(
  { plan: { predicted, costTable } }: Pick<PlannedModel, "plan">,
  after: LatencyStatistics,
): LatencyPrediction | null {
  if (predicted == null || predicted.unit !== "ms" || costTable === null) return null;
  return {
    medianMs: predicted.after,
    source: costTable.origin === "bundled" ? "bundled" : "measured",
    errorRatio: after.unstable ? null : predicted.after / after.medianMs - 1,
  };
}

type Labels = "source" | "before" | "after";

async function measureAt(
  runtime: Runtime,
  { signal, onProgress }: TargetRunOptions,
  threads: number,
  models: Readonly<Partial<Record<Labels, Uint8Array>>>,
  feeds: Feeds,
): Promise<Partial<Record<Labels, LatencyStatistics>> | Unavailable> {
  return runtime.measureLatency({
    models: Object.fromEntries(Object.entries(models).map(([label, bytes]) => [label, { bytes }])),
    feeds,
    threads,
    batch: Object.values(feeds)[0]?.dims[0] ?? null,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

/** No speed-up is claimed from an unstable measurement. */
function compare({
  before,
  after,
}: Partial<Record<Labels, LatencyStatistics>>): Pick<LatencyReport, "before" | "after" | "speedup"> {
  if (before === undefined || after === undefined) throw new Error("a latency result is missing");
  return {
    before,
    after,
    speedup: before.unstable || after.unstable ? null : before.medianMs / after.medianMs,
  };
}
