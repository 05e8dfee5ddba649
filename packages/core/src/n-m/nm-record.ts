// What a receipt says about a pattern of zeros: counted on the weights as they are written, layer by layer.

import { type Facts, type Model, readFloats } from "@espalier/ir";
import { storedByName } from "../plan/apply-masks.js";
import { type MaskStep, patternSteps } from "../plan/plan.js";
import { patternText } from "./pattern.js";
import type { DenseLayer } from "./pattern-layers.js";
import { countViolations } from "./violations.js";

export interface NmLayer {
  readonly tensor: string;
  readonly dims: readonly number[];
  /** Axis of `dims` that the blocks lie along. */
  readonly axis: number;
  readonly blocks: number;
  /** Blocks with more weights than the pattern allows. */
  readonly violations: number;
}

export interface NmRecord {
  /** "2:4". */
  readonly pattern: string;
  /** In words; `layers` has the number for each weight. */
  readonly axis: string;
  /** Of all layers together. */
  readonly violations: number;
  readonly layers: readonly NmLayer[];
  /** Layers that stay dense, and why: a record of planning, empty for a plan that was replayed. */
  readonly dense?: readonly DenseLayer[];
}

export const REDUCTION_AXIS = "the axis that an output is summed along: input channels of a convolution";

/**
 * Counts every layer that the plan masks by a pattern; null where it masks none so. A weight that is not there violates as
 * a whole.
 */
export function countPattern(model: Model, facts: Facts, masks: readonly MaskStep[]): NmRecord | null {
  const steps = patternSteps(masks);
  const [first] = steps;
  if (first === undefined) return null;
  const stored = storedByName(model);
  const layers = steps.map(({ tensor, dims, pattern }): NmLayer => {
    const value = stored.get(tensor);
    const constant = value === undefined ? null : facts.constant(value);
    const blocks = dims.reduce((product, dim) => product * dim, 1) / pattern.block;
    const same = constant !== null && constant.dims.join() === dims.join();
    const { violations } = same
      ? countViolations(readFloats(constant), { dims, axis: pattern.axis }, pattern)
      : { violations: blocks };
    return { tensor, dims, axis: pattern.axis, blocks, violations };
  });
  return {
    pattern: patternText(first.pattern),
    axis: REDUCTION_AXIS,
    violations: layers.reduce((sum, { violations }) => sum + violations, 0),
    layers,
  };
}
