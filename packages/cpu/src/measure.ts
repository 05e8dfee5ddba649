// Latency of the user's file, the clean dense baseline and the pruned model, side by side.

import {
  type Feeds,
  type Footprint,
  isUnavailable,
  type LatencyReport,
  type LatencyStatistics,
  type Unavailable,
} from "@espalier/core";
import type { CpuRunOptions } from "./options.js";

export interface Measured {
  readonly latency: LatencyReport | Unavailable;
  readonly footprint: Footprint | Unavailable;
}

/** Measures at one thread, and at `threadsBeside`; claims are made at one. */
export async function measure(
  options: CpuRunOptions,
  models: { readonly source: Uint8Array; readonly before: Uint8Array; readonly after: Uint8Array },
  feeds: Feeds,
): Promise<Measured> {
  const footprint = await options.runtime.measureFootprint(models.after, feeds, options);
  const one = await measureAt(options, 1, models, feeds);
  if (isUnavailable(one)) return { latency: one, footprint };
  const beside: NonNullable<LatencyReport["beside"]>[number][] = [];
  for (const threads of options.threadsBeside ?? []) {
    const more = await measureAt(options, threads, { before: models.before, after: models.after }, feeds);
    if (!isUnavailable(more)) beside.push(compare(more));
  }
  return { latency: { source: one.source ?? null, ...compare(one), beside }, footprint };
}

type Labels = "source" | "before" | "after";

async function measureAt(
  { runtime, signal, onProgress }: CpuRunOptions,
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
