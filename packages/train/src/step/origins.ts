// Where the values of a graph come from: stored tensors alone, constants and integers alone, or data and weights too.

import { DataType, type Facts, isFloating, type Node, type Tensor, type Value } from "@espalier/ir";
import type { GradientRule } from "../gradients/gradient-rule.js";

/** A float that is computed from stored tensors alone. */
interface Computed {
  /** What it is computed from; of an operator that arranges, what it arranges. */
  readonly from: readonly Value[];
  /** Whether nothing but arranging lies between. */
  readonly arranged: boolean;
  /** Whether float32 weights lie behind it, and behind every operand that is computed itself. */
  readonly weighs: boolean;
}

/** Told of node by node, in topological order. */
export class Origins {
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
