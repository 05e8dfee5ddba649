// Which stored tensors of a network training changes: those that gradient rules name as weights, also where a node
// that only arranges stored tensors lies between.

import { DataType, EspalierError, type Facts, type Graph, type Value } from "@espalier/ir";
import type { GradientRegistry } from "../gradients/gradient-rule.js";

/** In the order in which the nodes read them; each once. */
export function findParameters(graph: Graph, facts: Facts, rules: GradientRegistry): Value[] {
  const found = new Set<Value>();
  for (const node of graph.nodes) {
    const rule = rules.find(node);
    if (rule?.parameters === undefined) continue;
    for (const operand of rule.parameters(rule.definition.view(node, facts), facts))
      if (operand !== null) for (const stored of storedBehind(operand, facts)) found.add(stored);
  }
  return [...found];
}

/** The stored tensors that alone make up a value; none where anything else flows into it. */
function storedBehind(value: Value, facts: Facts): readonly Value[] {
  if (facts.constant(value) !== null) return isFloat(value, facts) ? [value] : [];
  const { producer } = value;
  if (producer === null) return [];
  const stored: Value[] = [];
  for (const input of producer.inputs) {
    if (input === null) continue;
    const behind = storedBehind(input, facts);
    if (behind.length === 0 && (facts.constant(input) === null || isFloat(input, facts))) return [];
    stored.push(...behind);
  }
  return stored;
}

function isFloat(value: Value, facts: Facts): boolean {
  return facts.dataType(value) === DataType.FLOAT;
}

/** @throws EspalierError `NOTHING_TO_TRAIN` */
export function requireParameters(parameters: readonly Value[]): void {
  if (parameters.length === 0)
    throw new EspalierError("NOTHING_TO_TRAIN", "The network has no weights that can be trained", {
      expected: "stored float32 tensors that an operator multiplies with or adds",
      found: "none that the options leave",
    });
}
