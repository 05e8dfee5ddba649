// How far a model's outputs are from the dense model's, as one number.

import type { Model, Value } from "@espalier/ir";
import type { Feeds, RuntimeTensor } from "../runtime.js";
import { openModel, type RunOptions } from "./frontier.js";

/** Outputs by name, one tensor a batch. */
export type Outputs = Readonly<Record<string, readonly RuntimeTensor[]>>;

/** Runs a whole model on the calibration inputs. */
export async function runOutputs(
  model: Model,
  inputs: readonly Feeds[],
  options: RunOptions,
): Promise<Outputs> {
  const names = model.graph.outputs.map((output: Value) => output.name);
  const results: Record<string, RuntimeTensor[]> = Object.fromEntries(names.map((name) => [name, []]));
  const session = await openModel(model, options);
  try {
    for (const feeds of inputs) {
      const outputs = await session.run(feeds);
      for (const name of names) if (outputs[name] !== undefined) results[name]?.push(outputs[name]);
    }
  } finally {
    await session.dispose();
  }
  return results;
}

/**
 * Relative squared error, mean over the outputs:
 *
 *   Σ ‖a − b‖² / Σ ‖a − ā‖²,   a dense, b candidate, ā the mean of each output position over all inputs
 *
 * 0 = the same, 1 = no better than a constant. Outputs that are not floating point do not count.
 */
export function outputError(dense: Outputs, candidate: Outputs): number {
  const errors = Object.entries(dense).flatMap(([name, batches]) => {
    const error = relativeError(batches, candidate[name] ?? []);
    return error === null ? [] : [error];
  });
  return errors.length === 0 ? 0 : errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

function relativeError(dense: readonly RuntimeTensor[], candidate: readonly RuntimeTensor[]): number | null {
  if (!dense.every((tensor) => isFloats(tensor.data))) return null;
  let error = 0;
  let rows = 0;
  const width = dense[0] === undefined ? 0 : rowWidth(dense[0]);
  const mean = new Float64Array(width);
  for (const [i, tensor] of dense.entries()) {
    const [a, b] = [tensor.data as Float32Array, candidate[i]?.data as Float32Array | undefined];
    if (b === undefined || b.length !== a.length || a.length % Math.max(1, width) !== 0)
      return Number.POSITIVE_INFINITY;
    for (let k = 0; k < a.length; k++) {
      error += ((a[k] as number) - (b[k] as number)) ** 2;
      mean[k % width] = (mean[k % width] as number) + (a[k] as number);
    }
    rows += a.length / Math.max(1, width);
  }
  mean.forEach((sum, k) => {
    mean[k] = sum / rows;
  });
  let energy = 0;
  for (const tensor of dense) {
    const a = tensor.data as Float32Array;
    for (let k = 0; k < a.length; k++) energy += ((a[k] as number) - (mean[k % width] as number)) ** 2;
  }
  if (energy > 0) return error / energy;
  return error === 0 ? 0 : Number.POSITIVE_INFINITY;
}

/** Elements of one input: everything behind the batch axis. */
function rowWidth({ dims }: RuntimeTensor): number {
  return dims.slice(1).reduce((product, dim) => product * dim, 1);
}

function isFloats(data: RuntimeTensor["data"]): boolean {
  return data instanceof Float32Array || data instanceof Float64Array;
}
