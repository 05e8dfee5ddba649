// Puts a forward graph into the form in which it trains, rule by rule.

import { type Facts, type Graph, isStatic, type Node, topologicalOrder, type Value } from "@espalier/ir";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import type { Arithmetic } from "../graph/arithmetic.js";
import type { MovingState } from "./training-form.js";
import { unboundShape } from "./unbound-shape.js";

/**
 * @param statistics see {@link TrainingForm}
 * @returns the stored tensors that steps write anew without a gradient
 */
export function enterTraining(
  graph: Graph,
  facts: Facts,
  rules: GradientRegistry,
  make: Arithmetic,
  statistics: "batch" | "stored" = "batch",
): MovingState[] {
  const moving: MovingState[] = [];
  const replaced: Node[] = [];
  // From the end on: what a replacement reads is still what the facts speak of.
  for (const node of topologicalOrder(graph).toReversed()) {
    const rule = rules.find(node);
    rule?.training?.(rule.definition.view(node, facts), {
      ...{ make, statistics },
      shape: (value: Value) => {
        const dims = facts.shape(value);
        if (dims === null || !dims.every(isStatic)) throw unboundShape(value, dims);
        return dims;
      },
      replace: (value, replacement) => {
        graph.replaceUses(value, replacement);
        replaced.push(node);
      },
      move: (state) => moving.push(state),
    });
  }
  graph.remove(replaced);
  return moving;
}
