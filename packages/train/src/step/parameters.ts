// Which stored tensors of a network training changes: those that gradient rules name as weights, also where nodes lie
// between that compute on stored tensors alone. What is added or multiplied with may be a constant of a formula: a mask, a
// table of sines. There nodes may only lie between that arrange.

import {
  DataType,
  dataTypeName,
  EspalierError,
  type Facts,
  type Graph,
  topologicalOrder,
  type Value,
} from "@espalier/ir";
import type { GradientRegistry, GradientRule } from "../gradients/gradient-rule.js";
import { Origins } from "./origins.js";

export interface FoundParameters {
  /** In the order in which the nodes read them; each once. */
  readonly weights: readonly Value[];
  /** Weights of another float type than float32, which no step changes. As text: name and type. */
  readonly others: readonly string[];
}

export function findParameters(graph: Graph, facts: Facts, rules: GradientRegistry): FoundParameters {
  const weights = new Set<Value>();
  const others = new Set<string>();
  const origins = new Origins(facts);
  // What was looked at already: by rule, since not every rule takes every tensor, and where no weights are to be found.
  const looked = new Map<GradientRule, Set<Value>>();
  const unfit = new Set<Value>();
  for (const node of topologicalOrder(graph)) {
    const rule = rules.find(node);
    const named = rule?.parameters?.(rule.definition.view(node, facts), facts, origins.isFixed) ?? [];
    origins.add(node, rule, named);
    if (rule === null || named.length === 0) continue;
    const met = looked.get(rule) ?? new Set<Value>();
    looked.set(rule, met);
    for (const operand of named) {
      if (operand === null) continue;
      const weighs = origins.weighs(operand, rule.formula === true);
      for (const [stored, tensor] of origins.storedBehind(operand, weighs ? met : unfit))
        if (tensor.dataType !== DataType.FLOAT)
          others.add(`${stored.name} (${dataTypeName(tensor.dataType)})`);
        else if (weighs && (rule.isWeight?.(tensor) ?? true)) weights.add(stored);
    }
  }
  return { weights: [...weights], others: [...others] };
}

/**
 * @param parameters what is left to train
 * @throws EspalierError `NOTHING_TO_TRAIN` where that is nothing
 */
export function requireParameters(
  parameters: readonly unknown[],
  { others }: Pick<FoundParameters, "others">,
  found = "none that the options leave",
): void {
  if (parameters.length > 0) return;
  const [shown, more] = [others.slice(0, SHOWN).join(", "), others.length - SHOWN];
  throw new EspalierError("NOTHING_TO_TRAIN", "The network has no weights that can be trained", {
    expected: "stored float32 tensors that an operator multiplies with or adds",
    found:
      others.length === 0 ? found : `${found}; of another type ${shown}${more > 0 ? `, ${more} more` : ""}`,
    ...(others.length > 0 && {
      unblock: "Train the float32 form of the network, and convert it afterwards.",
    }),
  });
}

/** Names in a message. */
const SHOWN = 5;
