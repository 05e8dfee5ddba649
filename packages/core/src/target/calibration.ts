// Inputs that a run is calibrated on: what weights are recovered on, sensitivities measured and drops judged.

import type { RunOptions } from "../calibration/frontier.js";
import type { Outputs } from "../calibration/output-error.js";
import type { Feeds } from "../runtime.js";
import type { TargetRunOptions } from "./run-options.js";

/** A few hundred real inputs. No labels are needed; with them, drops are measured in accuracy. */
export interface Calibration {
  /** Input sets, each of which may hold a batch. */
  readonly inputs: readonly Feeds[];
  /** The class of every item of every set; null or absent where nobody knows. */
  readonly labels?: readonly (readonly number[])[] | null;
  /** What the receipt calls them. */
  readonly spec?: string;
}

export interface SplitCalibration {
  readonly fitted: Calibration;
  /** Held out: nothing is fitted on them. */
  readonly judged: Calibration;
}

/** The first three quarters of the sets are fitted on, the last one judges. */
export function splitCalibration(calibration: Calibration): SplitCalibration {
  const cut = Math.floor((3 * calibration.inputs.length) / 4);
  return { fitted: partOf(calibration, 0, cut), judged: partOf(calibration, cut) };
}

/** Some of the sets with their labels. */
export function partOf({ inputs, labels, ...rest }: Calibration, from: number, to?: number): Calibration {
  return { ...rest, inputs: inputs.slice(from, to), labels: labels?.slice(from, to) ?? null };
}

/** Number of items in all sets: the length of the leading axis, summed. */
export function itemsOf(inputs: readonly Feeds[]): number {
  return inputs.reduce((sum, feeds) => sum + (Object.values(feeds)[0]?.dims[0] ?? 1), 0);
}

/** Top-1 accuracy of the first output. The class of an item is the largest of its numbers. */
export function accuracyOf(outputs: Outputs, labels: readonly (readonly number[])[]): number {
  const [batches = []] = Object.values(outputs);
  let [hits, count] = [0, 0];
  for (const [set, { data }] of batches.entries()) {
    const wanted = labels[set] ?? [];
    const width = data.length / Math.max(1, wanted.length);
    for (const [row, label] of wanted.entries()) {
      let best = row * width;
      for (let i = best + 1; i < (row + 1) * width; i++) if (at(data, i) > at(data, best)) best = i;
      if (best - row * width === label) hits++;
      count++;
    }
  }
  return hits / Math.max(1, count);
}

function at(data: ArrayLike<number | bigint | string>, i: number): number {
  return Number(data[i]);
}

/** How the models of a run are executed on calibration inputs: one thread, so that sums come out the same. */
export function calibrationRun({
  runtime,
  signal,
  timeoutMs,
  memoryBytes,
  outputBytes,
}: Pick<TargetRunOptions, "runtime" | "signal" | "timeoutMs" | "memoryBytes" | "outputBytes">): RunOptions {
  return {
    runtime,
    threads: 1,
    limits: {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(outputBytes === undefined ? {} : { outputBytes }),
    },
    ...(signal === undefined ? {} : { signal }),
  };
}
