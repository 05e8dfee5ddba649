// How a gradient changes a weight: nodes appended to the step graph, and numbers that change from step to step.

import type { Value } from "@espalier/ir";
import type { Arithmetic } from "../graph/arithmetic.js";

export interface UpdateContext {
  readonly make: Arithmetic;
  readonly weight: Value;
  /** ∂loss/∂weight, of its shape; zero where the weight is masked. */
  readonly gradient: Value;
  /** What the optimiser keeps for this weight, in the order of `slots`; of its shape, zero at first. */
  readonly slots: readonly Value[];
  /** The numbers of this step by name. */
  readonly scalars: Readonly<Record<string, Value>>;
  /** Whether weight decay applies to this weight. */
  readonly decays: boolean;
}

export interface Updated {
  readonly weight: Value;
  readonly slots: readonly Value[];
}

export interface Optimiser {
  readonly name: string;
  /** What it keeps beside each weight. */
  readonly slots: readonly string[];
  /**
   * The numbers it is fed in a step.
   *
   * @param step counted from 1
   */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  update(context: UpdateContext): Updated;
}
