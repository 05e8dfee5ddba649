// An experiment: the same work under several seeds, each run kept as soon as it is over, so that an experiment that was
// stopped goes on with the seed, and where the run has checkpoints with the step, at which it was.

import { abortedError, type CheckpointStore, type Host } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { storeBelow } from "../checkpoint/store-below.js";
import { type Spread, summarise } from "./summary.js";

/** What one run found: numbers that are summarised, and plain JSON that is kept beside them. */
export interface ExperimentRun {
  readonly numbers: Readonly<Record<string, number>>;
  readonly detail?: unknown;
}

export interface ExperimentOptions {
  /** Also the place in the store: a plain path. */
  readonly name: string;
  readonly seeds: readonly number[];
  /** What runs depend on besides the seed, as plain JSON: nothing that runs of other settings left is taken over. */
  readonly settings: unknown;
  readonly host: Pick<Host, "sha256">;
  readonly store?: CheckpointStore;
  readonly signal?: AbortSignal;
  /** One run. `store` is its own; null where the experiment has none. */
  run(seed: number, store: CheckpointStore | null): Promise<ExperimentRun>;
  readonly onRun?: (done: number, total: number, run: ExperimentRun) => void;
}

/** Plain JSON. */
export interface ExperimentResult {
  readonly name: string;
  readonly settings: unknown;
  /** By the name of a number: over all runs that have it. */
  readonly spread: Readonly<Record<string, Spread>>;
  readonly runs: readonly ({ readonly seed: number } & ExperimentRun)[];
}

/**
 * @throws EspalierError `INVALID_OPTION` for no seeds or one twice, `NONFINITE` where a run finds a number that is not finite,
 *   `ABORTED`; what a run or the store throws
 */
export async function runExperiment(options: ExperimentOptions): Promise<ExperimentResult> {
  const { name, seeds, settings, host, store, signal, run, onRun } = options;
  if (seeds.length === 0 || new Set(seeds).size < seeds.length || !seeds.every(Number.isSafeInteger))
    throw new EspalierError("INVALID_OPTION", "An experiment needs seeds", {
      where: "seeds",
      expected: "whole numbers, each once",
      found: seeds.join(", ") || "none",
    });
  const runs: ({ seed: number } & ExperimentRun)[] = [];
  // What a run keeps on the way is of these settings alone; its result says itself of which it is.
  const digest = await host.sha256(new TextEncoder().encode(JSON.stringify(settings)));
  for (const seed of seeds) {
    if (signal?.aborted) throw abortedError(signal);
    const place = store && storeBelow(store, `${name}/seed-${seed}`);
    const kept = place && (await readRun(place, options));
    const found = kept ?? (await run(seed, place ? storeBelow(place, digest.slice(0, 16)) : null));
    requireFinite(found, seed);
    if (place && !kept) await writeRun(place, found, options);
    // As JSON gives it back, so that a run that was kept is no other than one that was not.
    runs.push({ seed, ...(JSON.parse(JSON.stringify(found)) as ExperimentRun) });
    onRun?.(runs.length, seeds.length, found);
  }
  const names = new Set(runs.flatMap(({ numbers }) => Object.keys(numbers)));
  const valuesOf = (key: string): number[] => runs.flatMap(({ numbers }) => numbers[key] ?? []);
  return {
    ...{ name, settings, runs },
    spread: Object.fromEntries([...names].map((key) => [key, summarise(valuesOf(key))])),
  };
}

/** JSON knows no other numbers, and no mean survives them. */
function requireFinite({ numbers }: ExperimentRun, seed: number): void {
  for (const [key, value] of Object.entries(numbers))
    if (!Number.isFinite(value))
      throw new EspalierError("NONFINITE", "A run found a number that cannot be summarised", {
        where: `seed ${seed}, ${key}`,
        expected: "finite numbers",
        found: String(value),
        unblock: "Leave out what a run did not find.",
      });
}

const RESULT = "result.json";

async function writeRun(
  store: CheckpointStore,
  run: ExperimentRun,
  { settings, host }: ExperimentOptions,
): Promise<void> {
  const text = JSON.stringify({ settings, run });
  const sha256 = await host.sha256(new TextEncoder().encode(text));
  await store.write(RESULT, new TextEncoder().encode(JSON.stringify({ sha256, text })));
}

/** null where there is none that is whole, of these settings and of finite numbers. */
async function readRun(
  store: CheckpointStore,
  { settings, host }: ExperimentOptions,
): Promise<ExperimentRun | null> {
  for (const age of [0, 1] as const) {
    const bytes = await store.read(RESULT, age);
    const text = bytes && (await textOf(bytes, host));
    if (!text) continue;
    const kept = JSON.parse(text) as { settings: unknown; run: ExperimentRun };
    const finite = Object.values(kept.run.numbers).every(Number.isFinite);
    if (finite && JSON.stringify(kept.settings) === JSON.stringify(settings)) return kept.run;
  }
  return null;
}

async function textOf(bytes: Uint8Array, host: Pick<Host, "sha256">): Promise<string | null> {
  try {
    const { sha256, text } = JSON.parse(new TextDecoder().decode(bytes)) as { sha256: string; text: string };
    return (await host.sha256(new TextEncoder().encode(text))) === sha256 ? text : null;
  } catch {
    return null; // damaged: the run is made again
  }
}
