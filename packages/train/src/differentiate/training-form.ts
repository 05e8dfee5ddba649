// How a forward graph becomes one that trains: operators that act otherwise while training replace themselves, and
// statistics that move with the batches become state.

import type { Value } from "@espalier/ir";
import type { Arithmetic } from "../graph/arithmetic.js";

/** A stored tensor that every step writes anew without a gradient: a running mean. */
export interface MovingState {
  /** The stored value, as the forward graph names it. */
  readonly stored: Value;
  /** What the step makes of it. */
  readonly next: Value;
  /** What every entry is in a network that has seen no batch. */
  readonly fresh: number;
}

export interface TrainingForm {
  /** Whether to normalise by the statistics of the batch, which the stored ones follow, or by the stored ones. */
  readonly statistics: "batch" | "stored";
  readonly make: Arithmetic;
  /** The sizes of a forward value. */
  shape(value: Value): readonly number[];
  /** Lets whoever reads `value`, and the loss, read `replacement`. */
  replace(value: Value, replacement: Value): void;
  /** Says that a step writes a stored tensor. */
  move(state: MovingState): void;
}
