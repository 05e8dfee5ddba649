// Values of a network in the other of two types: stored ones converted, computed ones behind a Cast, each made once.

import {
  DataType,
  type DataTypeCode,
  type Facts,
  FreshNames,
  type Graph,
  intAttribute,
  type Node,
  Value,
} from "@espalier/ir";
import { float16Tensor } from "./float16-tensor.js";

export interface StoredCounts {
  /** Stored numbers that are now float16. */
  readonly stored: number;
  /** Those of them below 2⁻¹⁴, of which float16 keeps fewer digits. */
  readonly subnormal: number;
  /** Those of them that became 0. */
  readonly flushed: number;
}

export class TypeTwins {
  readonly #graph: Graph;
  readonly #facts: Facts;
  readonly #names: FreshNames;
  readonly #halves = new Map<Value, Value>();
  readonly #wholes = new Map<Value, Value>();
  readonly #constants = new Map<Value, Value>();
  readonly #casts = new Set<Node>();
  #stored: StoredCounts = { stored: 0, subnormal: 0, flushed: 0 };

  constructor(graph: Graph, facts: Facts) {
    this.#graph = graph;
    this.#facts = facts;
    this.#names = new FreshNames(graph);
  }

  get stored(): StoredCounts {
    return this.#stored;
  }

  /** A float32 value in float16. */
  half(value: Value): Value {
    return madeOnce(this.#halves, value, () => this.#constant(value) ?? this.#cast(value, DataType.FLOAT16));
  }

  /** A value that became float16, in float32. */
  whole(value: Value): Value {
    return madeOnce(this.#wholes, value, () => this.#cast(value, DataType.FLOAT));
  }

  /** An output of the network in another type under the same name. */
  output(value: Value, dataType: DataTypeCode): Value {
    const { name } = value;
    const cast = this.#cast(value, dataType);
    [value.name, cast.name] = [cast.name, name];
    return cast;
  }

  isCast(node: Node): boolean {
    return this.#casts.has(node);
  }

  /** Stored values whose float32 form nobody reads any more get its name. */
  takeNames(): void {
    for (const [value, half] of this.#constants) {
      const { initializers } = this.#graph;
      const isGone = value.producer === null ? !initializers.has(value) : value.producer.graph === null;
      if (isGone) half.name = value.name;
    }
  }

  #constant(value: Value): Value | null {
    const tensor = this.#facts.constant(value);
    if (tensor === null) return null;
    const { tensor: converted, subnormal, flushed } = float16Tensor(tensor);
    const { stored, ...small } = this.#stored;
    this.#stored = {
      stored: stored + converted.size,
      subnormal: small.subnormal + subnormal,
      flushed: small.flushed + flushed,
    };
    const half = this.#graph.addInitializer(this.#names.fresh(`${value.name}/float16`), converted);
    this.#constants.set(value, half);
    return half;
  }

  #cast(value: Value, to: DataTypeCode): Value {
    const name = this.#names.fresh(`${value.name}/${to === DataType.FLOAT16 ? "float16" : "float32"}`);
    const shape = value.type?.kind === "tensor" ? value.type.shape : null;
    const output = new Value(name, { kind: "tensor", dataType: to, shape });
    const attributes = { to: intAttribute(to) };
    this.#casts.add(
      this.#graph.addNode({ opType: "Cast", name, inputs: [value], outputs: [output], attributes }),
    );
    return output;
  }
}

function madeOnce(made: Map<Value, Value>, value: Value, make: () => Value): Value {
  const known = made.get(value) ?? make();
  made.set(value, known);
  return known;
}
