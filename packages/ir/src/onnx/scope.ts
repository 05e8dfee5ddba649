// Which names are visible where, while a graph is read. A subgraph sees the names of the graphs around it. Its own
// inputs and initialisers may carry a name again (both ONNX's checker and ONNX Runtime read the inner one); its
// nodes may not, unless the outer name is only defined after them, as exporters write for the branches of an If.

import { EspalierError } from "../errors.js";
import { Value } from "../graph/value.js";

export class Scope {
  readonly outer: Scope | null;
  /** A function body: nothing around it, but no main graph either. */
  readonly isFunction: boolean;
  /** Set once a node reads a value that only a later node defines. */
  outOfOrder: string | null = null;
  /** A name that a subgraph uses again before this graph defines it. */
  #usedEarlier: string | null = null;
  readonly #values = new Map<string, Value>();
  readonly #undefinedYet = new Set<Value>();

  constructor(outer: Scope | null, isFunction = false) {
    this.outer = outer;
    this.isFunction = isFunction;
  }

  /** A new graph input or initialiser. */
  declare(name: string, what: string): Value {
    if (name === "") throw new EspalierError("MALFORMED", `A ${what} has no name`);
    if (this.#values.has(name)) throw duplicate(name, what);
    const value = new Value(name);
    this.#values.set(name, value);
    return value;
  }

  /** A new output of a node that is not read yet. */
  declareOutput(name: string): Value {
    for (let scope = this.outer; scope !== null; scope = scope.outer) {
      const outer = scope.#values.get(name);
      if (outer === undefined) continue;
      if (!scope.#undefinedYet.has(outer))
        throw duplicate(name, "node output, which shadows an outer value,");
      scope.#usedEarlier ??= name;
    }
    const value = this.declare(name, "node output");
    this.#undefinedYet.add(value);
    return value;
  }

  /** The value called `name` of this graph alone. */
  own(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** The value that a node reading `name` means; undefined when there is none. */
  resolve(name: string): Value | undefined {
    for (let scope: Scope | null = this; scope !== null; scope = scope.outer) {
      const value = scope.#values.get(name);
      if (value === undefined) continue;
      if (scope.#undefinedYet.has(value)) scope.outOfOrder ??= name;
      return value;
    }
    return undefined;
  }

  /** A node has been read: its outputs are defined from here on. */
  define(outputs: readonly (Value | null)[]): void {
    for (const output of outputs) if (output !== null) this.#undefinedYet.delete(output);
  }

  /** Before nodes are sorted: what was "before" and "after" when names were shadowed no longer holds. */
  requireSortable(): void {
    if (this.#usedEarlier !== null)
      throw duplicate(this.#usedEarlier, "node output, which shadows an outer value,");
  }
}

function duplicate(name: string, what: string): EspalierError {
  return new EspalierError("DUPLICATE", `A ${what} has a name that is taken`, { value: name });
}
