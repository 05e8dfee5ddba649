// Sensitivity analysis: what each group alone costs at each width. No labels: the error is that of the model's
// outputs against the dense model's.

import { type Facts, inferFacts, type Model, readFloats, type Tensor } from "@espalier/ir";
import { collectGrams, type GroupConsumer } from "../calibration/collect-grams.js";
import type { GramSums } from "../calibration/gram.js";
import { onceRun } from "../calibration/once-run.js";
import { type Outputs, outputError, runOutputs } from "../calibration/output-error.js";
import { stopIfAborted } from "../calibration/stop.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { removalOf } from "../plan/removal.js";
import type { Feeds } from "../runtime.js";
import { sliceModel } from "../surgery/slice-model.js";
import { type EliminationOptions, problemsOf } from "./collect-eliminations.js";
import { type Elimination, eliminate } from "./elimination.js";
import { solveLeastSquares } from "./least-squares.js";
import type { DenseSide } from "./recovery-jobs.js";
import { findStations } from "./stations.js";
import { biasPlace, readAffine, writeAffine } from "./weights.js";

export interface SensitivityPoint {
  /** Units kept. */
  readonly kept: number;
  /** Relative squared error of the model's outputs. */
  readonly error: number;
}

/** One group alone, all else dense: plain data. */
export interface SensitivityCurve {
  readonly group: string;
  readonly width: number;
  /** Measured, widest first; the first is the dense model with error 0. */
  readonly points: readonly SensitivityPoint[];
  /** Relative error of the group's consumers with `width − i` units, from the elimination. */
  readonly local: readonly number[];
}

export interface SensitivityOptions extends EliminationOptions {
  /** Fractions of units kept that are measured. Default 7/8, 3/4, 1/2, 1/4, 1/8. */
  readonly fractions?: readonly number[];
  /**
   * Inputs on which outputs are compared. Should not be among `inputs`: least squares flatters what it was fitted on.
   * Default: the last quarter of `inputs`, which then is not fitted on; with fewer than four, all of them.
   */
  readonly judged?: readonly Feeds[];
  /** Groups to look at; default all. */
  readonly only?: (group: CoupledGroup) => boolean;
}

export interface Sensitivity {
  readonly curves: readonly SensitivityCurve[];
  readonly eliminations: ReadonlyMap<string, Elimination>;
}

/**
 * Prunes each group alone to several widths, with its consumers solved anew by least squares, and measures the
 * error of the outputs.
 *
 * Source: Li et al. 2017, arXiv:1608.08710, §3.2 (there: accuracy on labelled data, without reconstruction).
 */
export async function measureSensitivity(dense: DenseSide, given: SensitivityOptions): Promise<Sensitivity> {
  const { fractions = [7 / 8, 3 / 4, 1 / 2, 1 / 4, 1 / 8], ridge = 1e-3, only } = given;
  const { fitted, judged } = split(given);
  // On all inputs first, where the network can be stopped.
  if (given.limits !== undefined) await runOutputs(dense.model, fitted, given);
  const reference = await runOutputs(dense.model, judged, given);
  const { limits: _, ...rest } = given;
  const options = { ...rest, ...onceRun(given, dense.model) };
  const eliminations = new Map<string, Elimination>();
  const curves: SensitivityCurve[] = [];
  await collectGrams(dense, { ...options, inputs: fitted }, async (group, consumers) => {
    if (only !== undefined && !only(group)) return;
    const elimination = eliminate(group.width, problemsOf(consumers, dense.facts), ridge);
    eliminations.set(group.id, elimination);
    const widths = [...new Set(fractions.map((f) => Math.max(1, Math.round(f * group.width))))]
      .filter((width) => width < group.width)
      .sort((a, b) => b - a);
    const points: SensitivityPoint[] = [{ kept: group.width, error: 0 }];
    for (const kept of widths) {
      stopIfAborted(options.signal);
      const error = await errorAt(dense, group, consumers, elimination, kept, reference, judged, options);
      points.push({ kept, error });
    }
    curves.push({ group: group.id, width: group.width, points, local: elimination.errors });
  });
  return { curves, eliminations };
}

function split({ inputs, judged }: SensitivityOptions): Record<"fitted" | "judged", readonly Feeds[]> {
  if (judged !== undefined) return { fitted: inputs, judged };
  const fitted = inputs.length < 4 ? inputs.length : Math.floor((3 * inputs.length) / 4);
  return { fitted: inputs.slice(0, fitted), judged: inputs.length < 4 ? inputs : inputs.slice(fitted) };
}

async function errorAt(
  dense: DenseSide,
  group: CoupledGroup,
  consumers: readonly GroupConsumer[],
  { order }: Elimination,
  kept: number,
  reference: Outputs,
  judged: readonly Feeds[],
  options: SensitivityOptions,
): Promise<number> {
  const keep = order.slice(group.width - kept).sort((a, b) => a - b);
  const removal = removalOf(dense.analysis, [{ group: group.id, width: group.width, keep }]);
  const model = sliceModel(dense.model, dense.facts, dense.analysis, removal, dense.handlers);
  resolveConsumers(model, dense, consumers, new Set(keep), options.ridge ?? 1e-3);
  return outputError(reference, await runOutputs(model, judged, options));
}

/** Least squares for the consumers of one group; what enters them is what the dense network computes. */
function resolveConsumers(
  model: Model,
  dense: DenseSide,
  consumers: readonly GroupConsumer[],
  keep: ReadonlySet<number>,
  ridge: number,
): void {
  const before = inferFacts(model);
  const own = new Map(
    [...findStations(model, before, dense.handlers).values()].map((one) => [one.contraction.w.name, one]),
  );
  for (const { station, sums, unitOf } of consumers) {
    const twin = own.get(station.contraction.w.name);
    const place = twin === undefined ? null : biasPlace(model, twin, before, dense.handlers);
    if (twin === undefined || place === null || twin.contraction.blocks !== sums.blocks) continue;
    const columns = [...unitOf.keys()].filter(
      (c) => (unitOf[c] as number) < 0 || keep.has(unitOf[c] as number),
    );
    if (columns.length !== twin.contraction.columns || twin.contraction.outputs !== sums.outputs) continue;
    const goal = denseGoal(dense.facts, station, sums, columns);
    const old = readAffine(before, twin, place);
    const { matrix, bias } = solveLeastSquares(goal, old, ridge);
    // The target leaves the dense bias out where the place is not part of the layer's output.
    const dense0 = place.inside ? denseBias(dense.facts, station) : null;
    writeAffine(before, twin, place, { matrix, bias: bias.map((b, j) => b + (dense0?.[j] ?? 0)) });
  }
}

/** Sums for the kept columns with the target X·W of the dense weights: Σ x tᵀ = Σ x xᵀ·W and so on. */
function denseGoal(
  facts: Facts,
  { contraction }: GroupConsumer["station"],
  sums: GramSums,
  kept: readonly number[],
): GramSums {
  const { blocks, columns: n, outputs: m, rows } = sums;
  const w = contraction.toMatrix(readFloats(facts.constant(contraction.w) as Tensor));
  const k = kept.length;
  const goal = {
    blocks,
    columns: k,
    outputs: m,
    rows,
    xx: new Float64Array(blocks * k * k),
    x: new Float64Array(blocks * k),
    xt: new Float64Array(blocks * k * m),
    t: new Float64Array(blocks * m),
    tt: new Float64Array(blocks * m),
  };
  for (let block = 0; block < blocks; block++) {
    const [g, weights] = [sums.xx.subarray(block * n * n), w.subarray(block * n * m)];
    const cross = new Float64Array(n * m);
    for (let i = 0; i < n; i++)
      for (let c = 0; c < n; c++) {
        const value = g[i * n + c] as number;
        if (value !== 0)
          for (let j = 0; j < m; j++)
            cross[i * m + j] = (cross[i * m + j] as number) + value * (weights[c * m + j] as number);
      }
    for (const [a, i] of kept.entries()) {
      for (const [b, c] of kept.entries()) goal.xx[block * k * k + a * k + b] = g[i * n + c] as number;
      goal.x[block * k + a] = sums.x[block * n + i] as number;
      goal.xt.set(cross.subarray(i * m, (i + 1) * m), (block * k + a) * m);
    }
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) {
        const weight = weights[i * m + j] as number;
        const at = block * m + j;
        goal.t[at] = (goal.t[at] as number) + weight * (sums.x[block * n + i] as number);
        goal.tt[at] = (goal.tt[at] as number) + weight * (cross[i * m + j] as number);
      }
  }
  return goal;
}

function denseBias(facts: Facts, { node, contraction }: GroupConsumer["station"]): Float64Array | null {
  const operand = contraction.bias === null ? null : node.input(contraction.bias.index);
  const tensor = operand === null ? null : facts.constant(operand);
  if (tensor === null || contraction.bias === null) return null;
  const { scale } = contraction.bias;
  return Float64Array.from(readFloats(tensor), (b) => b * scale);
}
