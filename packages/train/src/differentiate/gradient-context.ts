// What a gradient rule works with: the operators to write in, the shapes of the forward values, and the ledger of
// gradients, in which what several consumers give to one value adds up.

import type { Facts, Value } from "@espalier/ir";
import type { Arithmetic } from "../graph/arithmetic.js";
import { reduceTo } from "../graph/reduce-to.js";
import { staticShape } from "./static-shape.js";

export class GradientContext {
  readonly make: Arithmetic;
  readonly facts: Facts;
  readonly #wanted: ReadonlySet<Value>;
  readonly #given = new Map<Value, Value[]>();
  /** What the rule at work has given to. */
  #served = new Set<Value>();

  /** @param wanted values between the weights and the loss: all that need a gradient */
  constructor(make: Arithmetic, facts: Facts, wanted: ReadonlySet<Value>) {
    this.make = make;
    this.facts = facts;
    this.#wanted = wanted;
  }

  wants(value: Value | null): value is Value {
    return value !== null && this.#wanted.has(value);
  }

  /**
   * The sizes of a forward value.
   * @throws EspalierError `SIZE_UNKNOWN` where one is symbolic
   */
  shape(value: Value): readonly number[] {
    return staticShape(this.facts, value);
  }

  rank(value: Value): number {
    return this.shape(value).length;
  }

  /** For the sweep: another rule is at work from here on. */
  begin(): void {
    this.#served = new Set();
  }

  /** For the sweep: whether the rule at work has left out an operand that needs a gradient. */
  owes(value: Value | null): boolean {
    return this.wants(value) && !this.#served.has(value);
  }

  /** Adds to the gradient of `value`; nothing happens where none is wanted. */
  give(value: Value | null, gradient: Value): void {
    if (!this.wants(value)) return;
    this.#served.add(value);
    const given = this.#given.get(value);
    if (given === undefined) this.#given.set(value, [gradient]);
    else given.push(gradient);
  }

  /** The same for an operand that was broadcast to the shape of `gradient`, which is that of `result`. */
  giveBroadcast(value: Value | null, gradient: Value, result: Value): void {
    if (this.wants(value))
      this.give(value, reduceTo(this.make, gradient, this.shape(result), this.shape(value)));
  }

  /** ∂loss/∂value, all contributions added; null where the loss does not depend on it. */
  gradient(value: Value | null): Value | null {
    const given = value === null ? undefined : this.#given.get(value);
    if (value === null || given === undefined) return null;
    const total = this.make.total(given);
    this.#given.set(value, [total]);
    return total;
  }

  /** The gradient of an output of which the rule knows that there is one. */
  upstream(output: Value): Value {
    const gradient = this.gradient(output);
    if (gradient === null) throw new Error(`value ${output.name} has no gradient`);
    return gradient;
  }
}
