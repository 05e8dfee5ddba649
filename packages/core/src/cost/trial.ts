// Networks that were timed: their kernels, brought to the speed that the machine had on the whole.

import { median } from "../measure/quantile.js";
import type { ModelProfile, TimedRuns } from "../runtime.js";
import type { ProfiledKernel } from "./probe.js";

/** Of a kernel's measured time, at least so much is its own. */
const LEAST_SHARE = 0.1;

export interface Trial {
  readonly kernels: readonly ProfiledKernel[];
  /** The runs in which the kernels were timed. */
  readonly profiled: TimedRuns | null;
  /** Whole runs without the profiler. */
  readonly runs: TimedRuns;
}

/** What holds for all trials of one network on one machine. */
export interface RunCosts {
  /** A run of the dense network, at the speed that the machine had on the whole. */
  readonly denseUs: number;
  /** What a run takes beyond its kernels. */
  readonly overheadUs: number;
  /** By how much timing a kernel lengthens it. */
  readonly profilerUs: number;
}

export function trialOf(kernels: readonly ProfiledKernel[], profile: ModelProfile): Trial {
  return { kernels, profiled: profile.profiled, runs: profile };
}

/** A whole run at the speed at which the dense network takes `denseUs`: the two took turns. */
export function wholeUs({ runs }: Trial, { denseUs }: Pick<RunCosts, "denseUs">): number {
  return runs.reference === null ? 1000 * runs.p10Ms : runs.reference.times * denseUs;
}

/** By how much the machine was slower than then while the kernels were timed. */
function slowness({ profiled }: Trial, { denseUs }: Pick<RunCosts, "denseUs">): number {
  if (profiled === null || profiled.reference === null) return 1;
  return (1000 * profiled.medianMs) / (profiled.reference.times * denseUs);
}

/**
 * Kernels take shares of a run without what a run takes beyond them, once the profiler's own work is taken off. So
 * neither that nor the speed of the machine in that second is part of their times.
 */
export function kernelTimes(trial: Trial, costs: RunCosts): ProfiledKernel[] {
  const slow = slowness(trial, costs);
  const own = ({ us }: ProfiledKernel): number =>
    Math.max(LEAST_SHARE * us, us - slow * costs.profilerUs) / slow;
  const sum = trial.kernels.reduce((total, kernel) => total + own(kernel), 0);
  const scale = sum === 0 ? 1 : Math.max(0, wholeUs(trial, costs) - costs.overheadUs) / sum;
  return trial.kernels.map((kernel) => ({ ...kernel, us: scale * own(kernel) }));
}

/**
 * From all trials, the dense network first. The dense network took turns with every other, so its time is known best.
 * At one speed, the kernels of a run sum up to more than the run where timing them lengthens them, and to less where
 * a run takes something besides; the median over the trials says which it is, and how much.
 */
export function runCosts(trials: readonly Trial[]): RunCosts {
  const beside = trials.flatMap(({ runs }) => (runs.reference === null ? [] : [runs.reference.medianMs]));
  const denseUs = 1000 * (beside.length > 0 ? median(beside) : (trials[0]?.runs.p10Ms ?? 0));
  const beyond = trials.map((trial) => {
    const sum = trial.kernels.reduce((total, { us }) => total + us, 0);
    return wholeUs(trial, { denseUs }) - sum / slowness(trial, { denseUs });
  });
  const kernels = median(trials.map((trial) => trial.kernels.length));
  const overheadUs = median(beyond);
  return overheadUs >= 0
    ? { denseUs, overheadUs, profilerUs: 0 }
    : { denseUs, overheadUs: 0, profilerUs: -overheadUs / Math.max(1, kernels) };
}
