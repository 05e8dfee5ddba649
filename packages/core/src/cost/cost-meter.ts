// Measures a network's cost table: times the dense network and a number of seeded trial widths, kernel by kernel,
// in the place each kernel has in the network, and gathers what they took by pattern. More trials can be added, so
// that the widths a planner settles on are measured too.

import { bestUnits } from "../allocation/allocation.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { quantile } from "../measure/quantile.js";
import { seededRandom } from "../random/random.js";
import type { Feeds, Profiler, ProgressListener } from "../runtime.js";
import { type CostSubject, otherResults, patternOperators } from "./cost-model.js";
import type { CostTable, KernelRate, OtherKernel, PatternSample, StairPoint } from "./cost-table.js";
import { mean, round } from "./figures.js";
import { type KindSample, OTHER, padding } from "./kind-rates.js";
import { nonNegativeLeastSquares } from "./least-squares.js";
import { elementsOf, makeProbe, type ProfiledKernel, readProbe, type TrialWidths } from "./probe.js";

export interface CostMeterOptions {
  readonly seed: number;
  readonly step: number;
  readonly stair: readonly StairPoint[];
  /** Trial widths beside the dense network. */
  readonly trials: number;
  /** Groups whose widths are varied. */
  readonly groups: readonly CoupledGroup[];
  readonly header: Pick<CostTable, "machine" | "runtime" | "threads" | "source" | "bindings">;
  readonly onProgress?: ProgressListener;
}

interface Trial {
  readonly kernels: readonly ProfiledKernel[];
  readonly runUs: number;
  /** Results of operators that are no patterns, and their elements. */
  readonly others: { readonly count: number; readonly elements: number };
}

export class CostMeter {
  readonly #subject: CostSubject;
  readonly #profiler: Profiler;
  readonly #feeds: Feeds;
  readonly #options: CostMeterOptions;
  readonly #trials: Trial[] = [];

  constructor(subject: CostSubject, profiler: Profiler, feeds: Feeds, options: CostMeterOptions) {
    this.#subject = subject;
    this.#profiler = profiler;
    this.#feeds = feeds;
    this.#options = options;
  }

  /** Times the dense network and the trials. */
  async run(): Promise<void> {
    const { trials, onProgress } = this.#options;
    const plans: TrialWidths[] = [new Map(), ...trialWidths(this.#options)];
    for (const [i, widths] of plans.entries()) {
      onProgress?.({ phase: "measuring costs", done: i, total: trials + 1, unit: "networks" });
      await this.add(widths);
    }
    onProgress?.({ phase: "measuring costs", done: trials + 1, total: trials + 1, unit: "networks" });
  }

  /** Times the network at these widths and keeps what its kernels took. @returns milliseconds of a whole run */
  async add(widths: TrialWidths): Promise<number> {
    const probe = makeProbe(this.#subject, widths);
    const { nodes, runMs } = await this.#profiler.profile({ bytes: probe.bytes }, this.#feeds);
    const priced = new Set(patternOperators(this.#subject).map(({ node }) => node));
    const others = otherResults(this.#subject, priced);
    this.#trials.push({
      kernels: nodes === null ? [] : readProbe(this.#subject, probe, nodes),
      runUs: 1000 * runMs,
      others: { count: others.length, elements: elementsOf(others, probe.facts) },
    });
    return runMs;
  }

  /** How many kernels of patterns a trial ran; the dense network is trial 0. */
  kernels(trial: number): number {
    return this.#trials[trial]?.kernels.filter(({ pattern }) => pattern !== null).length ?? 0;
  }

  /** What was measured as samples of kinds, for a table of more than one network. */
  kindSamples(): KindSample[] {
    const { step } = this.#options;
    return this.#trials.flatMap(({ kernels, runUs, others }): KindSample[] => {
      const patterns = kernels.flatMap((kernel): KindSample[] => {
        if (kernel.pattern === null) return [];
        const { kind, times } = kernel.pattern;
        const macs = kernel.macs * padding(kernel.pattern, step);
        return [{ kind, count: times, macs, elements: kernel.elements, us: kernel.us }];
      });
      const rest = runUs - patterns.reduce((sum, { us }) => sum + us, 0);
      return [...patterns, { kind: OTHER, ...others, macs: 0, us: Math.max(0, rest), of: runUs }];
    });
  }

  /** Everything measured so far. */
  table(): CostTable {
    const { step, stair, header } = this.#options;
    const total = ({ kernels }: Trial): number => kernels.reduce((sum, kernel) => sum + kernel.us, 0);
    // The profiler's own work lies inside its times where whole runs without it take less than their kernels.
    const scale = Math.min(
      1,
      quantile(
        this.#trials.map((trial) => trial.runUs / total(trial)),
        0.5,
      ),
    );
    const beyond = this.#trials.map((trial) => trial.runUs - scale * total(trial)).sort((a, b) => a - b);
    // A trial that was interrupted has too much of it, never too little.
    const overheadUs = Math.max(0, beyond[Math.floor(beyond.length / 4)] ?? 0);
    const dense = this.#trials[0] as Trial;
    return {
      schema: 1,
      origin: "measured",
      ...header,
      step,
      stair,
      patterns: patternRows(this.#trials, scale),
      rates: kernelRates(this.#trials, scale),
      others: othersOf(dense),
      overheadUs: round(overheadUs),
      kinds: [],
    };
  }
}

/**
 * Trial widths: every group runs through its stairs once in a random order of its own (a Latin hypercube), so that
 * each pattern is met at scattered pairs of widths.
 */
function trialWidths({ groups, step, trials, seed }: CostMeterOptions): TrialWidths[] {
  const random = seededRandom(seed, "cost trials");
  const orders = groups.map(() => shuffled(trials, random));
  return Array.from({ length: trials }, (_, t) => {
    const widths = new Map<string, readonly number[]>();
    for (const [g, group] of groups.entries()) {
      const stairs = stairsOf(group.width, step);
      const place = ((orders[g]?.[t] ?? 0) + random.uniform()) / trials;
      const width = stairs[Math.min(stairs.length - 1, Math.floor(place * stairs.length))] as number;
      widths.set(group.id, spread(group.width, width));
    }
    return widths;
  });
}

/** Multiples of the step below a width, and the width. */
function stairsOf(width: number, step: number): number[] {
  const stairs: number[] = [];
  for (let w = step; w < width; w += step) stairs.push(w);
  return [...stairs, width];
}

/** `count` of `width` units, evenly spread, so that every part of a group that has parts keeps its share. */
function spread(width: number, count: number): number[] {
  const scores = new Float64Array(width);
  for (let i = 0; i < count; i++) scores[Math.floor((i * width) / count)] = 1;
  return bestUnits(scores, count);
}

function shuffled(length: number, random: ReturnType<typeof seededRandom>): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

function patternRows(trials: readonly Trial[], scale: number): CostTable["patterns"] {
  const rows = new Map<
    string,
    { kind: string; at: Map<string, { widths: [number, number]; us: number[] }> }
  >();
  for (const { kernels } of trials) {
    for (const kernel of kernels) {
      if (kernel.pattern === null) continue;
      const { key, kind, in: input, out: output, times } = kernel.pattern;
      const row = rows.get(key) ?? { kind, at: new Map() };
      rows.set(key, row);
      const place = `${input} ${output}`;
      const known = row.at.get(place) ?? { widths: [input, output], us: [] };
      row.at.set(place, known);
      known.us.push((scale * kernel.us) / Math.max(1, times));
    }
  }
  return [...rows]
    .map(([key, { kind, at }]) => ({
      key,
      kind,
      samples: [...at.values()]
        .map(({ widths: [input, output], us }): PatternSample => [input, output, round(mean(us))])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function kernelRates(trials: readonly Trial[], scale: number): KernelRate[] {
  const seen = new Map<string, { elements: number; us: number }[]>();
  for (const { kernels } of trials)
    for (const kernel of kernels) {
      if (kernel.pattern !== null) continue;
      const list = seen.get(kernel.kernel) ?? [];
      seen.set(kernel.kernel, list);
      list.push({ elements: kernel.elements, us: scale * kernel.us });
    }
  return [...seen]
    .map(([kernel, list]) => {
      const [fixedUs = 0, perElement = 0] = nonNegativeLeastSquares(
        list.map(({ elements }) => [1, elements]),
        list.map(({ us }) => us),
      );
      return { kernel, fixedUs: round(fixedUs), nsPerElement: round(1000 * perElement, 1e6) };
    })
    .sort((a, b) => (a.kernel < b.kernel ? -1 : 1));
}

function othersOf({ kernels }: Trial): OtherKernel[] {
  return kernels.flatMap((kernel) => {
    if (kernel.pattern !== null) return [];
    return [{ kernel: kernel.kernel, value: kernel.value, elements: kernel.elements }];
  });
}
