// Measures a network's cost table: times the dense network and a number of seeded trial widths, kernel by kernel,
// in the place each kernel has in the network, and gathers what they took by pattern.

import { EspalierError, type Facts } from "@espalier/ir";
import { bestUnits } from "../allocation/allocation.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { seededRandom } from "../random/random.js";
import type { Feeds, Profiler, ProgressListener } from "../runtime.js";
import { type CostSubject, macsAt, otherResults, patternOperators, termSum } from "./cost-model.js";
import type { CostTable, RunSample, StairPoint } from "./cost-table.js";
import { round } from "./figures.js";
import { type KindSample, OTHER, padding } from "./kind-rates.js";
import { latencyModel } from "./latency-model.js";
import { elementsOf, makeProbe, readProbe, type TrialWidths } from "./probe.js";
import { otherKernels, patternRows } from "./table-rows.js";
import { kernelTimes, runCosts, type Trial, trialOf, wholeUs } from "./trial.js";
import { atFactor } from "./whole-run.js";

export interface CostMeterOptions {
  readonly seed: number;
  readonly step: number;
  /** Trial widths are multiples of it. Default: `step`; another where the trials were made before that was known. */
  readonly trialStep?: number;
  readonly stair: readonly StairPoint[];
  /** Trial widths beside the dense network. */
  readonly trials: number;
  /** Groups whose widths are varied. */
  readonly groups: readonly CoupledGroup[];
  readonly header: Pick<CostTable, "machine" | "runtime" | "threads" | "source" | "bindings">;
  readonly onProgress?: ProgressListener;
}

/** How often kernels are brought to what they take in a network of middling size, and the factors found anew. */
const FITS = 3;

/** Trials that narrow all groups alike. */
const ALIKE = 0.2;

interface MeasuredTrial extends Trial {
  readonly facts: Facts;
  /** Results of operators that are no patterns, and their elements. */
  readonly others: { readonly count: number; readonly elements: number };
}

export class CostMeter {
  readonly #subject: CostSubject;
  readonly #profiler: Profiler;
  readonly #feeds: Feeds;
  readonly #options: CostMeterOptions;
  readonly #trials: MeasuredTrial[] = [];

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
      await this.#add(widths);
    }
    onProgress?.({ phase: "measuring costs", done: trials + 1, total: trials + 1, unit: "networks" });
  }

  async #add(widths: TrialWidths): Promise<void> {
    const probe = makeProbe(this.#subject, widths);
    const profile = await this.#profiler.profile({ bytes: probe.bytes }, this.#feeds);
    if (profile.nodes === null)
      throw new EspalierError("UNAVAILABLE", "This runtime does not say what each of its kernels takes", {
        unblock: "Give a cost table with --cost-table, or a budget of MACs, parameters or size.",
      });
    const priced = new Set(patternOperators(this.#subject).map(({ node }) => node));
    const others = otherResults(this.#subject, priced);
    this.#trials.push({
      ...trialOf(readProbe(this.#subject, probe, profile.nodes), profile),
      facts: probe.facts,
      others: { count: others.length, elements: elementsOf(others, probe.facts) },
    });
  }

  /** How many kernels of patterns a trial ran; the dense network is trial 0. */
  kernels(trial: number): number {
    return this.#trials[trial]?.kernels.filter(({ pattern }) => pattern !== null).length ?? 0;
  }

  /** What was measured as samples of kinds, for a table of more than one network. */
  kindSamples(): KindSample[] {
    const { step } = this.#options;
    const costs = runCosts(this.#trials);
    return this.#trials.flatMap((trial): KindSample[] => {
      const kernels = kernelTimes(trial, costs);
      const runUs = wholeUs(trial, costs);
      const patterns = kernels.flatMap((kernel): KindSample[] => {
        if (kernel.pattern === null) return [];
        const { kind, times } = kernel.pattern;
        const macs = kernel.macs * padding(kernel.pattern, step);
        return [{ kind, count: times, macs, elements: kernel.elements, us: kernel.us }];
      });
      const rest = runUs - patterns.reduce((sum, { us }) => sum + us, 0);
      return [...patterns, { kind: OTHER, ...trial.others, macs: 0, us: Math.max(0, rest), of: runUs }];
    });
  }

  /** Everything measured so far. */
  table(): CostTable {
    const { step, stair, header } = this.#options;
    const subject = this.#subject;
    const costs = runCosts(this.#trials);
    const measured = this.#trials.map((trial) => ({
      kernels: kernelTimes(trial, costs),
      macs: macsAt(subject, trial.facts),
      facts: trial.facts,
      runUs: wholeUs(trial, costs),
    }));
    let table: CostTable = {
      schema: 1,
      origin: "measured",
      ...header,
      step,
      stair,
      patterns: [],
      others: [],
      runs: [],
      overheadUs: round(costs.overheadUs),
      denseUs: round(costs.denseUs),
      profilerUs: round(costs.profilerUs),
      kinds: [],
    };
    for (let fit = 0; fit < FITS; fit++) {
      const { runs } = table;
      const kernels = measured.map((one, t) => atFactor(one.kernels, table, runs[t]));
      table = { ...table, patterns: patternRows(kernels), others: otherKernels(kernels) };
      const model = latencyModel(subject, table);
      table = {
        ...table,
        runs: measured.map(({ macs, facts, runUs }): RunSample => {
          return [macs, round(1000 * termSum(model, facts)), round(runUs), 1];
        }),
      };
    }
    return table;
  }
}

/**
 * Trial widths. A fifth of them narrow all groups alike, from the narrowest to the dense network, to learn how runs
 * follow their size. In the others every group runs through its stairs once in a random order of its own (a Latin
 * hypercube), so that each pattern is met at scattered pairs of widths.
 */
function trialWidths({ groups, step, trialStep = step, trials, seed }: CostMeterOptions): TrialWidths[] {
  const random = seededRandom(seed, "cost trials");
  const alike = Math.floor(ALIKE * trials);
  const scattered = trials - alike;
  const orders = groups.map(() => shuffled(scattered, random));
  const at = (place: number, group: CoupledGroup): readonly number[] => {
    const stairs = stairsOf(group.width, trialStep);
    const width = stairs[Math.min(stairs.length - 1, Math.floor(place * stairs.length))] as number;
    return spread(group.width, width);
  };
  return [
    ...Array.from({ length: alike }, (_, t) => groups.map(() => t / alike)),
    ...Array.from({ length: scattered }, (_, t) =>
      groups.map((_group, g) => ((orders[g]?.[t] ?? 0) + random.uniform()) / scattered),
    ),
  ].map((places) => new Map(groups.map((group, g) => [group.id, at(places[g] as number, group)])));
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
