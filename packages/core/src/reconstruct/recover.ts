// Recovery without training: the weights of a pruned network are solved anew, layer by layer, so that on a few
// hundred unlabelled inputs it computes what the dense network computed. Each layer is fitted on what the layers
// before it, pruned and recovered already, give it (asymmetric reconstruction, He et al. 2017, arXiv:1707.06168,
// §3.3), so errors do not pile up. No gradients, no labels.

import { cloneModel, isEspalierError, type Model } from "@espalier/ir";
import { Frontier, type RunOptions } from "../calibration/frontier.js";
import { onceRun } from "../calibration/once-run.js";
import { outputError, runOutputs } from "../calibration/output-error.js";
import { stopIfAborted } from "../calibration/stop.js";
import type { KeptUnits } from "../plan/kept-units.js";
import type { RecoveryMethod } from "../plan/plan.js";
import type { Feeds, ProgressListener } from "../runtime.js";
import { reestimate, type StatisticsUpdate } from "./batch-norm.js";
import { type LeftLayer, leftLayer } from "./left-layers.js";
import { type DenseSide, findJobs, type RecoveryJobs, type SolveJob } from "./recovery-jobs.js";
import { type RecoverySettings, recoveryDefaults } from "./settings.js";
import { type LayerUpdate, solveLayer } from "./solve-layer.js";
import { dropZeroBias } from "./weights.js";

export interface RecoveryOptions extends RunOptions, RecoverySettings {
  /** Calibration inputs, unlabelled; each may hold a batch. */
  readonly inputs: readonly Feeds[];
  readonly onProgress?: ProgressListener;
}

/** What a recovery did: plain data. */
export interface RecoveryReport {
  readonly methods: readonly RecoveryMethod[];
  readonly inputs: number;
  /** Output error against the dense model on the calibration inputs, before and after. */
  readonly before: number;
  readonly after: number;
  readonly layers: readonly LayerUpdate[];
  readonly statistics: readonly StatisticsUpdate[];
  /** Layers left as they were, because what they read or should give is not finite. */
  readonly skipped: readonly string[];
  /** Layers that lost inputs and keep their sliced weights, with the reason; those skipped are among them. */
  readonly left: readonly LeftLayer[];
}

/**
 * Recovers `pruned`, the result of `steps` on the dense model, on the calibration inputs: every layer in turn, in
 * topological order, gets the weights that solve (`solveLeastSquares`)
 *
 *   min over ΔW, b of  Σ ‖y − x·(W + ΔW) − b‖² + λ‖ΔW‖²,   λ = ridge · mean diagonal of the centred Gram Σ x xᵀ
 *
 * over at most `maxRows` rows: x [rows, columns] is what the layer reads in the pruned network, recovered so far; y [rows,
 * outputs] what it gave in the dense one, on the outputs that are left; W its sliced weights. ΔW = 0 is allowed, so no
 * layer gets worse on these inputs. The last layer of a residual branch has y + (s − s′)/a for y: s and s′ are its
 * shortcut in the dense and in the pruned network, a is the slope of what lies between the layer and the sum. Method `bias` keeps
 * W and solves b alone; `batch-norm` measures every batch normalisation's mean and variance anew.
 *
 * Source: He et al. 2017, "Channel Pruning for Accelerating Very Deep Neural Networks", arXiv:1707.06168, eq. 1 and §3.3.
 * Differs: the selection is fixed, and the ridge draws towards the old weights.
 *
 * Deterministic for equal runtime, threads and kind of machine. Neither model is touched. The errors in the report are
 * `outputError` of the whole network; those of layers are relative to Σ ‖y − mean y‖².
 *
 * @throws EspalierError `INVALID_OPTION` for settings or inputs that make no sense; what the runtime throws
 */
export async function recover(
  pruned: Model,
  dense: DenseSide,
  steps: readonly KeptUnits[],
  options: RecoveryOptions,
): Promise<{ readonly model: Model; readonly report: RecoveryReport }> {
  const { inputs } = options;
  const settings = recoveryDefaults(options);
  const { model } = cloneModel(pruned);
  const found = findJobs(model, dense, steps, settings);
  // Both whole networks first, where they can be stopped.
  const reference = await runOutputs(dense.model, inputs, options);
  const before = outputError(reference, await runOutputs(pruned, inputs, options));
  const { limits: _, ...rest } = options;
  const inside = { ...rest, ...onceRun(options, dense.model) };
  const done = await runJobs(model, dense, found, { ...inside, ...settings });
  for (const [station, place] of found.places) dropZeroBias(model, station, place);
  const report: RecoveryReport = {
    methods: settings.methods,
    inputs: inputs.length,
    before,
    after: outputError(reference, await runOutputs(model, inputs, inside)),
    ...done,
    left: [...found.left, ...done.skipped.map((layer) => leftLayer(layer, "CALIBRATION_NONFINITE"))],
  };
  return { model, report };
}

async function runJobs(
  model: Model,
  dense: DenseSide,
  { facts, order, denseOrder, jobs }: RecoveryJobs,
  options: RecoveryOptions & ReturnType<typeof recoveryDefaults>,
): Promise<Pick<RecoveryReport, "layers" | "statistics" | "skipped">> {
  const solves = jobs.filter((job) => job.kind === "solve");
  const ownPins = [
    ...jobs.map((job) => (job.kind === "solve" ? job.station.contraction.x : job.statistics.x)),
    ...solves.flatMap(({ shortcut }) => (shortcut === null ? [] : [shortcut.own])),
  ];
  const densePins = solves.flatMap(({ twin, shortcut }) => [
    twin.contraction.y,
    ...(shortcut === null ? [] : [shortcut.dense]),
  ]);
  const own = new Frontier(model, facts, order, options.inputs, ownPins, options);
  const reference = new Frontier(dense.model, dense.facts, denseOrder, options.inputs, densePins, options);
  const layers: LayerUpdate[] = [];
  const statistics: StatisticsUpdate[] = [];
  const skipped: string[] = [];
  for (const [i, job] of jobs.entries()) {
    stopIfAborted(options.signal);
    await own.advance(order.indexOf(job.node));
    if (job.kind === "measure") {
      statistics.push(await reestimate(job.statistics, own.get(job.statistics.x), facts, options));
      own.release(job.statistics.x);
    } else {
      await reference.advance(reference.behind(job.twin.node));
      try {
        layers.push(await solveJob(job, own, reference, facts, options));
      } catch (error) {
        if (!isEspalierError(error, "NONFINITE")) throw error;
        skipped.push(job.twin.contraction.y.name);
      }
    }
    options.onProgress?.({ phase: "recovery", done: i + 1, total: jobs.length, unit: "layers" });
  }
  return { layers, statistics, skipped };
}

async function solveJob(
  { station, place, twin, kept, shortcut }: SolveJob,
  own: Frontier,
  reference: Frontier,
  facts: RecoveryJobs["facts"],
  options: Parameters<typeof solveLayer>[3],
): Promise<LayerUpdate> {
  const known = shortcut !== null && own.has(shortcut.own) && reference.has(shortcut.dense);
  const update = await solveLayer(
    { station, place, facts, name: twin.contraction.y.name },
    own.get(station.contraction.x),
    {
      y: reference.get(twin.contraction.y),
      kept,
      shortcut: known
        ? {
            dense: reference.get(shortcut.dense),
            own: own.get(shortcut.own),
            inverseSlope: shortcut.inverseSlope,
          }
        : null,
    },
    options,
  );
  own.release(station.contraction.x);
  reference.release(twin.contraction.y);
  if (known) {
    own.release(shortcut.own);
    reference.release(shortcut.dense);
  }
  return update;
}
