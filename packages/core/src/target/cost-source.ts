// Where the costs of a plan come from: a table the user gave, this machine's cache, or a measurement now.

import { EspalierError, isEspalierError } from "@espalier/ir";
import { chainReference } from "../cost/chain.js";
import { CostMeter, type CostMeterOptions } from "../cost/cost-meter.js";
import { macsAt, termSum } from "../cost/cost-model.js";
import { type CostTable, costTableText, readCostTable, type StairPoint } from "../cost/cost-table.js";
import { latencyModel } from "../cost/latency-model.js";
import { measureStair, stepOf } from "../cost/measure-stair.js";
import { makeProbe, readProbe } from "../cost/probe.js";
import { isMeasured, refineTable } from "../cost/refine-table.js";
import { trialOf } from "../cost/trial.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { randomInputs } from "../inputs/random-inputs.js";
import { readJson } from "../json/strict-json.js";
import {
  type Feeds,
  type Host,
  isUnavailable,
  type Profiler,
  type ProfilerOptions,
  type Runtime,
} from "../runtime.js";
import type { PlanningRunOptions } from "./run-options.js";
import type { Subject } from "./subject.js";

/** What claims are made at. */
const THREADS = 1;
/** Trial widths beside the dense network. */
const TRIALS = 40;
/** How long each is timed, beyond loading it. */
const TRIAL_MS = 600;
const STAIR_MS = 60;

export interface CostSource {
  readonly table: CostTable;
  /**
   * Measures these widths too and gives the better table; null when every kernel was measured at them already.
   * null where the table is not ours to change.
   */
  readonly refine: ((keep: ReadonlyMap<string, readonly number[]>) => Promise<CostTable | null>) | null;
  dispose(): Promise<void>;
}

/**
 * Opens the cost table for a network: the one that was given, else this machine's, measured or from the cache, else
 * the one that ships with the target.
 *
 * @throws EspalierError `INVALID_COST_TABLE` when the given table is another network's; `UNAVAILABLE` where nothing can
 *   be measured
 */
export async function openCosts(
  subject: Subject,
  sourceSha256: string,
  groups: readonly CoupledGroup[],
  options: PlanningRunOptions,
): Promise<CostSource> {
  const given = options.costTable;
  if (given !== undefined) {
    if (given.source !== null && given.source !== sourceSha256) {
      throw new EspalierError("INVALID_COST_TABLE", "The cost table was measured on another model", {
        where: "source",
        expected: sourceSha256,
        found: given.source,
        unblock: "Give the table that was written beside this model's plan, or leave --cost-table out.",
      });
    }
    return fixedCosts(given);
  }
  const { host, bundledCosts } = options;
  const runtime = options.deployment ?? options.runtime;
  const absent = runtime === undefined || isUnavailable(runtime);
  if (absent && bundledCosts !== undefined) return fixedCosts(bundledCosts);
  if (absent) {
    throw new EspalierError(
      "UNAVAILABLE",
      "A latency budget needs costs, and no runtime was handed in to measure them",
      {
        where: "runtime",
        unblock: runtime?.unblock ?? "Hand in a runtime, or a cost table.",
      },
    );
  }
  const key = await cacheKey(host, runtime, THREADS);
  const name = `${key}/${sourceSha256}.json`;
  const feeds =
    options.realInputs?.[0] ??
    randomInputs(subject.model, subject.boundFacts, subject.handlers, {
      seed: options.seed ?? 1,
      count: 1,
    })[0] ??
    {};
  let profiler: Profiler | null = null;
  const opened = async (): Promise<Profiler> => {
    const model = { bytes: makeProbe(subject, new Map()).bytes };
    profiler ??= await open(runtime, TRIAL_MS, options, { model, feeds });
    return profiler;
  };
  const dispose = async (): Promise<void> => profiler?.dispose();
  const keep = async (table: CostTable): Promise<CostTable> => {
    await host.cache?.write(name, new TextEncoder().encode(costTableText(table)));
    return table;
  };
  try {
    const cached = await readCached(host, name);
    const known = JSON.stringify(cached?.bindings ?? {}) === JSON.stringify(subject.bindings);
    let table = cached !== null && known ? cached : null;
    if (table === null) {
      const stair = await openStair(runtime, host, key, options);
      table = await keep(
        await measureTable(subject, await opened(), feeds, stair, groups, options, {
          machine: host.machine(),
          runtime: runtime.name,
          threads: THREADS,
          source: sourceSha256,
          bindings: subject.bindings,
        }),
      );
    }
    let latest = table;
    return {
      table,
      refine: async (widths) => {
        const probe = makeProbe(subject, widths);
        if (isMeasured(latest, subject, probe.facts)) return null;
        const profile = await (await opened()).profile({ bytes: probe.bytes }, feeds);
        const kernels = profile.nodes === null ? [] : readProbe(subject, probe, profile.nodes);
        const sumUs = 1000 * termSum(latencyModel(subject, latest), probe.facts);
        const network = { macs: macsAt(subject, probe.facts), sumUs };
        latest = await keep(refineTable(latest, trialOf(kernels, profile), network));
        return latest;
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    if (bundledCosts !== undefined && isEspalierError(error, "UNAVAILABLE")) return fixedCosts(bundledCosts);
    throw error;
  }
}

/** A table that is not ours to change. */
function fixedCosts(table: CostTable): CostSource {
  return { table, refine: null, dispose: async () => {} };
}

async function measureTable(
  subject: Subject,
  profiler: Profiler,
  feeds: Feeds,
  stair: readonly StairPoint[],
  groups: readonly CoupledGroup[],
  { seed = 1, step, onProgress }: PlanningRunOptions,
  header: CostMeterOptions["header"],
): Promise<CostTable> {
  const meter = new CostMeter(subject, profiler, feeds, {
    seed,
    step: typeof step === "number" && step > 1 ? step : stepOf(stair),
    stair,
    trials: TRIALS,
    groups,
    header,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  await meter.run();
  return meter.table();
}

/** The step of this machine's staircase. */
export async function openStair(
  runtime: Runtime,
  host: Host,
  key: string,
  options: Pick<PlanningRunOptions, "signal" | "onProgress" | "timeoutMs" | "memoryBytes">,
): Promise<StairPoint[]> {
  const name = `${key}/stair.json`;
  const known = await host.cache?.read(name);
  if (known != null) {
    try {
      const points = readJson(known, { code: "INVALID_COST_TABLE" });
      if (isStair(points)) return points;
    } catch (error) {
      if (!isEspalierError(error)) throw error;
    }
  }
  const kernels = timesKernels(runtime);
  const profiler = await open(runtime, STAIR_MS, options, kernels ? undefined : chainReference(), kernels);
  try {
    const stair = await measureStair(profiler, options.onProgress);
    await host.cache?.write(name, new TextEncoder().encode(JSON.stringify(stair)));
    return stair;
  } finally {
    await profiler.dispose();
  }
}

/** Whether a chain of equal layers is timed by its kernels there; elsewhere clocks and profilers are too coarse. */
export function timesKernels({ capabilities }: Runtime): boolean {
  return capabilities.engine === "native";
}

/** Costs are those of one machine, one version of the runtime and one number of threads. */
export async function cacheKey(host: Host, runtime: Runtime, threads: number): Promise<string> {
  const text = JSON.stringify([host.machine(), runtime.name, threads]);
  return (await host.sha256(new TextEncoder().encode(text))).slice(0, 32);
}

async function open(
  runtime: Runtime,
  budgetMs: number,
  { signal, timeoutMs, memoryBytes }: Pick<PlanningRunOptions, "signal" | "timeoutMs" | "memoryBytes">,
  reference?: ProfilerOptions["reference"],
  kernels = true,
): Promise<Profiler> {
  const profiler = await runtime.openProfiler({
    ...{ threads: THREADS, budgetMs, kernels },
    ...(reference === undefined ? {} : { reference }),
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  });
  if (isUnavailable(profiler)) {
    throw new EspalierError("UNAVAILABLE", "This runtime cannot measure what kernels cost", {
      found: profiler.unavailable,
      unblock: profiler.unblock,
    });
  }
  return profiler;
}

async function readCached(host: Host, name: string): Promise<CostTable | null> {
  const bytes = await host.cache?.read(name);
  if (bytes == null) return null;
  try {
    return readCostTable(bytes);
  } catch (error) {
    if (isEspalierError(error)) return null; // of another version, or damaged: measured anew
    throw error;
  }
}

function isStair(points: unknown): points is StairPoint[] {
  return (
    Array.isArray(points) &&
    points.length > 0 &&
    points.every((point) => Number.isSafeInteger(point?.width) && Number.isFinite(point?.us))
  );
}
