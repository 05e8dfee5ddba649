// Which stored tensors of a network training changes: those that gradient rules name as weights, also where nodes lie
// between that compute on stored tensors alone. What is added or multiplied with may be a constant of a formula: a mask, a
// table of sines. There nodes may only lie between that arrange.

import {
  DataType,
  dataTypeName,
  EspalierError,
  type Facts,
  type Graph,
  isFloating,
  type Node,
  type Tensor,
  topologicalOrder,
  type Value,
} from "@espalier/ir";
import type { GradientRegistry, GradientRule } from "../gradients/gradient-rule.js";

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
  const looked = new Map<GradientRule, Set<Value>>();
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
      for (const [stored, tensor] of origins.storedBehind(operand, weighs ? met : new Set()))
        if (tensor.dataType !== DataType.FLOAT)
          others.add(`${stored.name} (${dataTypeName(tensor.dataType)})`);
        else if (weighs && (rule.isWeight?.(tensor) ?? true)) weights.add(stored);
    }
  }
  return { weights: [...weights], others: [...others] };
}

/** A float that is computed from stored tensors alone. */
interface Computed {
  /** What it is computed from; of an operator that arranges, what it arranges. */
  readonly from: readonly Value[];
  /** Whether nothing but arranging lies between. */
  readonly arranged: boolean;
  /** Whether float32 weights lie behind it, and behind every operand that is computed itself. */
  readonly weighs: boolean;
}

/** Where values come from, node by node in topological order. */
class Origins {
  readonly #facts: Facts;
  readonly #computed = new Map<Value, Computed>();
  readonly #fixed = new Set<Value>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** As gradient rules are told. */
  readonly isFixed = (value: Value): boolean =>
    this.#fixed.has(value) || this.#facts.constant(value) !== null || !this.#isFloat(value);

  /** @param named the weights that its rule names */
  add(node: Node, rule: GradientRule | null, named: readonly (Value | null)[]): void {
    const inputs = node.inputs.filter((input) => input !== null);
    if (inputs.length === 0 || node.subgraphs.length > 0) return;
    const learns = named.some((operand) => operand !== null && this.#isStored(operand));
    if (!learns && inputs.every(this.isFixed))
      for (const output of node.outputs) if (output !== null) this.#fixed.add(output);
    if (!inputs.every((input) => this.#isStored(input))) return;
    const arranges = rule?.arranges?.(rule.definition.view(node, this.#facts)) ?? null;
    const from = arranges ?? inputs;
    const computed = {
      from,
      arranged: arranges !== null && from.every((value) => this.#computed.get(value)?.arranged ?? true),
      weighs:
        inputs.every((value) => this.#computed.get(value)?.weighs ?? true) &&
        inputs.some((value) => this.weighs(value, false)),
    };
    for (const output of node.outputs)
      if (output !== null && this.#isFloat(output)) this.#computed.set(output, computed);
  }

  /** Whether float32 weights make up a value, with `arranged` by being arranged only. */
  weighs(value: Value, arranged: boolean): boolean {
    const tensor = this.#facts.constant(value);
    if (tensor !== null) return tensor.dataType === DataType.FLOAT;
    const computed = this.#computed.get(value);
    return computed?.weighs === true && (computed.arranged || !arranged);
  }

  /** The stored floats behind a value that were not met before. */
  *storedBehind(value: Value, met: Set<Value>): Generator<readonly [Value, Tensor]> {
    const pending = [value];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (met.has(next)) continue;
      met.add(next);
      const tensor = this.#facts.constant(next);
      if (tensor === null) pending.push(...(this.#computed.get(next)?.from ?? []).toReversed());
      else if (isFloating(tensor.dataType)) yield [next, tensor];
    }
  }

  #isStored(value: Value): boolean {
    return this.#facts.constant(value) !== null || this.#computed.has(value);
  }

  #isFloat(value: Value): boolean {
    return isFloating(this.#facts.dataType(value) ?? DataType.FLOAT);
  }
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
