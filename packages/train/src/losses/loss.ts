// What training minimises: a loss appends itself to the forward graph and says what it must be fed beside the inputs.

import type { DataTypeCode, Value } from "@espalier/ir";
import type { Arithmetic } from "../graph/arithmetic.js";

export interface LossContext {
  readonly make: Arithmetic;
  /** The outputs of the network, in their order. */
  readonly outputs: readonly Value[];
  /** Sizes of a value of the network. */
  shape(value: Value): readonly number[];
  /**
   * Something the step is fed besides the network's inputs: labels, another network's outputs.
   *
   * @param classes where it holds labels: how many classes there are. Whoever feeds a label that is none is refused;
   *   the runtime would take it.
   */
  input(name: string, dims: readonly number[], dataType: DataTypeCode, classes?: number): Value;
}

export interface LossValues {
  /** What is minimised: the mean over the batch, []. */
  readonly loss: Value;
  /** How many predictions of the batch are right, int64 []; null where that means nothing. */
  readonly correct: Value | null;
}

export interface Loss {
  readonly name: string;
  append(context: LossContext): LossValues;
}
