// How many steps of a training go into one call of the runtime. It changes how long they take and nothing else.

import { bitsPerElement, DataType } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import type { StepGraph } from "../step/step-graph.js";

/** LeNet-300-100 with Adam, beside other work: 1.4 times the steps a second with 4, 1.8 times with 10. */
const MOST = 16;
/** Nothing is heard during a call: as long as nobody notices. */
const CALL_MS = 50;
/** What the steps are fed lies in one piece. */
const FED_BYTES = 2 ** 24;

/** What the trainer of a run is made for; 1 where masks may change after every step. */
export function mostSteps({ masking }: { readonly masking?: unknown }): number {
  return masking === undefined ? MOST : 1;
}

/**
 * How many steps go into the next call.
 *
 * @param most what the trainer was made for
 * @param due steps until the next evaluation, the next checkpoint, the end, each from 1 on
 * @param stepMs what a step takes; null where nobody knows yet
 */
export function stepsAtOnce(
  most: number,
  due: readonly number[],
  stepMs: number | null,
  { batch, drawn }: Pick<StepGraph, "batch" | "drawn">,
): number {
  if (stepMs === null) return 1;
  const ports = [...batch, ...drawn.map(({ dims }) => ({ dims, dataType: DataType.BOOL }))];
  const bytes = ports.reduce(
    (sum, { dims, dataType }) => sum + (elementCount(dims) * (bitsPerElement(dataType) ?? 64)) / 8,
    0,
  );
  const fitting = Math.floor(Math.min(CALL_MS / stepMs, FED_BYTES / bytes));
  return Math.max(1, Math.min(most, fitting, ...due));
}
