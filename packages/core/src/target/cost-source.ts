// Where the costs of a plan come from: a table the user gave, this machine's cache, or a measurement now.

import { EspalierError, isEspalierError } from "@espalier/ir";
import { CostMeter } from "../cost/cost-meter.js";
import { type CostTable, costTableText, readCostTable, type StairPoint } from "../cost/cost-table.js";
import { measureStair, stepOf } from "../cost/measure-stair.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { randomInputs } from "../inputs/random-inputs.js";
import { readJson } from "../json/strict-json.js";
import { type Host, isUnavailable, type Profiler, type Runtime } from "../runtime.js";
import type { PlanningRunOptions } from "./run-options.js";
import type { Subject } from "./subject.js";

/** Trial widths beside the dense network. */
const TRIALS = 40;
/** How long each is timed, beyond loading it. */
const TRIAL_MS = 600;
const STAIR_MS = 60;

export interface CostSource {
  readonly table: CostTable;
  /** Measures these widths too and gives the better table; null where the table is not ours to change. */
  readonly refine: ((keep: ReadonlyMap<string, readonly number[]>) => Promise<CostTable>) | null;
  dispose(): Promise<void>;
}

/**
 * Opens the cost table for a network.
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
    return { table: given, refine: null, dispose: async () => {} };
  }
  const { runtime, host } = options;
  const threads = 1;
  if (runtime === undefined) {
    throw new EspalierError(
      "UNAVAILABLE",
      "A latency budget needs costs, and no runtime was handed in to measure them",
      {
        where: "runtime",
        unblock: "Hand in a runtime, or a cost table.",
      },
    );
  }
  const key = await cacheKey(host, runtime, threads);
  const cached = await readCached(host, `${key}/${sourceSha256}.json`);
  const bound = JSON.stringify(subject.bindings);
  if (cached !== null && JSON.stringify(cached.bindings ?? {}) === bound)
    return { table: cached, refine: null, dispose: async () => {} };

  const stair = await openStair(runtime, host, key, options);
  const profiler = await open(runtime, TRIAL_MS, options);
  const feeds =
    options.realInputs?.[0] ??
    randomInputs(subject.model, subject.boundFacts, subject.handlers, {
      seed: options.seed ?? 1,
      count: 1,
    })[0];
  const meter = new CostMeter(subject, profiler, feeds ?? {}, {
    seed: options.seed ?? 1,
    step: typeof options.step === "number" && options.step > 1 ? options.step : stepOf(stair),
    stair,
    trials: TRIALS,
    groups,
    header: {
      machine: host.machine(),
      runtime: runtime.name,
      threads,
      source: sourceSha256,
      bindings: subject.bindings,
    },
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  try {
    await meter.run();
  } catch (error) {
    await profiler.dispose();
    throw error;
  }
  const keep = async (): Promise<CostTable> => {
    const table = meter.table();
    await host.cache?.write(`${key}/${sourceSha256}.json`, new TextEncoder().encode(costTableText(table)));
    return table;
  };
  return {
    table: await keep(),
    refine: async (widths) => {
      await meter.add(widths);
      return keep();
    },
    dispose: () => profiler.dispose(),
  };
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
  const profiler = await open(runtime, STAIR_MS, options);
  try {
    const stair = await measureStair(profiler, options.onProgress);
    await host.cache?.write(name, new TextEncoder().encode(JSON.stringify(stair)));
    return stair;
  } finally {
    await profiler.dispose();
  }
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
): Promise<Profiler> {
  const profiler = await runtime.openProfiler({
    threads: 1,
    budgetMs,
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
