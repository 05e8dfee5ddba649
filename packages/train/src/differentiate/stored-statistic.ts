// Where a moving statistic is stored that an operator reads.

import { EspalierError, type Facts, type Value } from "@espalier/ir";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import type { MovingState } from "./training-form.js";

/** The stored tensor that an operand is; exporters put an Identity between where several operands are one tensor. */
export function storedStatistic(operand: Value, facts: Facts, rules: GradientRegistry): Value {
  let value = operand;
  while (facts.constant(value) === null) {
    const { producer } = value;
    const behind = producer !== null && rules.find(producer)?.identity ? producer.input(0) : null;
    if (behind === null) return operand;
    value = behind;
  }
  return value;
}

/**
 * A step writes every stored tensor once.
 *
 * @param weights what the optimiser changes
 * @throws EspalierError `UNSUPPORTED` for a statistic that is not stored, is a weight too, or that several operators move
 */
export function requireStored(moving: readonly MovingState[], weights: readonly Value[], facts: Facts): void {
  const taken = new Map(weights.map((weight) => [weight, "a weight too"]));
  for (const { stored } of moving) {
    const found = facts.constant(stored) === null ? "computed or fed" : taken.get(stored);
    if (found !== undefined)
      throw new EspalierError("UNSUPPORTED", "A moving statistic cannot follow the batches", {
        value: stored.name,
        expected: "a stored tensor that one operator moves",
        found,
        unblock: "Normalise by the stored statistics (frozen statistics), or store one for each operator.",
      });
    taken.set(stored, "moved by several operators");
  }
}
