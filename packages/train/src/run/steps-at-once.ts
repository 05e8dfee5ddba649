// How many steps of a run go into one run of the runtime. It changes how long they take and nothing else.

import { bitsPerElement, DataType } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import type { StepGraph } from "../step/step-graph.js";

/** Measured on LeNet-300-100 with Adam: 1.4 times the steps a second with 4, 1.8 times with 10, hardly more with 25. */
const MOST = 16;
/** A run is not interrupted: as long as nobody notices. */
const RUN_MS = 50;
/** What the steps are fed is copied. */
const FED_BYTES = 2 ** 24;

/** The most steps that the trainer of a run is made for; 1 where masks may change after every step. */
export function mostSteps({ masking }: { readonly masking?: unknown }): number {
  return masking === undefined ? MOST : 1;
}

/**
 * How many of the steps up to the next thing to do besides.
 *
 * @param due numbers of steps until there is something else to do, each from 1 on
 * @param stepMs what a step takes; null where nobody knows yet
 */
export function stepsAtOnce(
  most: number,
  due: readonly number[],
  stepMs: number | null,
  { batch, drawn }: Pick<StepGraph, "batch" | "drawn">,
): number {
  if (stepMs === null) return 1;
  const bytes = [...batch, ...drawn.map(({ dims }) => ({ dims, dataType: DataType.BOOL }))].reduce(
    (sum, { dims, dataType }) => sum + (elementCount(dims) * (bitsPerElement(dataType) ?? 64)) / 8,
    0,
  );
  const fitting = Math.floor(Math.min(RUN_MS / stepMs, FED_BYTES / bytes));
  return Math.max(1, Math.min(most, fitting, ...due));
}
