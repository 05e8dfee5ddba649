// How a forward graph becomes one that trains: operators that act otherwise while training replace themselves,
// statistics that move with the batches become state, and what is drawn at random becomes an input.

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

/** A bool input that is drawn anew for every step, each element by itself. */
export interface DrawnInput {
  readonly input: Value;
  readonly dims: readonly number[];
  /** Probability of true. */
  readonly kept: number;
}

/** What the user decides about how operators train. */
export interface TrainingOptions {
  /** Normalise by the stored statistics and leave them alone. */
  readonly frozenStatistics: boolean;
  /** Whether Dropout drops. */
  readonly dropout: boolean;
}

export interface TrainingForm extends TrainingOptions {
  readonly make: Arithmetic;
  /** The sizes of a forward value. */
  shape(value: Value): readonly number[];
  /** Lets whoever reads `value`, and the loss, read `replacement`. */
  replace(value: Value, replacement: Value): void;
  /** Says that a step writes a stored tensor. */
  move(state: MovingState): void;
  /** A bool input, true with probability `kept`. It depends on the run's seed, the name and the step alone. */
  draw(name: string, dims: readonly number[], kept: number): Value;
}
