// Puts a forward graph into the form in which it trains, rule by rule.

import { DataType, type Facts, type Graph, type Node, topologicalOrder } from "@espalier/ir";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import type { Arithmetic } from "../graph/arithmetic.js";
import { staticShape } from "./static-shape.js";
import { storedStatistic } from "./stored-statistic.js";
import type { DrawnInput, MovingState, TrainingOptions } from "./training-form.js";

export interface Entered {
  /** Stored tensors that steps write anew without a gradient. */
  readonly moving: readonly MovingState[];
  readonly drawn: readonly DrawnInput[];
}

export function enterTraining(
  graph: Graph,
  facts: Facts,
  rules: GradientRegistry,
  make: Arithmetic,
  options: TrainingOptions,
): Entered {
  const moving: MovingState[] = [];
  const drawn: DrawnInput[] = [];
  const replaced: Node[] = [];
  // From the end on: what a replacement reads is still what the facts speak of.
  for (const node of topologicalOrder(graph).toReversed()) {
    const rule = rules.find(node);
    rule?.training?.(rule.definition.view(node, facts), {
      ...options,
      make,
      shape: (value) => staticShape(facts, value),
      replace: (value, replacement) => {
        graph.replaceUses(value, replacement);
        replaced.push(node);
      },
      move: (state) => moving.push({ ...state, stored: storedStatistic(state.stored, facts, rules) }),
      draw: (name, dims, kept) => {
        const input = make.builder.input(`drawn/${name}`, dims, DataType.BOOL);
        drawn.push({ input, dims, kept });
        return input;
      },
    });
  }
  graph.remove(replaced);
  return { moving, drawn };
}
