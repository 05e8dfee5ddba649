// Builds models in code: for tests, for the papers' architectures, for graphs that Espalier runs itself.

import { DataType, type DataTypeCode } from "./data-type.js";
import { type Dim, symbol } from "./dim.js";
import type { Attribute } from "./graph/attribute.js";
import { Graph } from "./graph/graph.js";
import { Model } from "./graph/model.js";
import { FreshNames } from "./graph/names.js";
import { Value } from "./graph/value.js";
import { int64Tensor, type Tensor } from "./tensor.js";

export interface OpOptions {
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Number of outputs for {@link GraphBuilder.ops}. */
  readonly outputs?: number;
}

export class GraphBuilder {
  readonly graph: Graph;
  readonly #names: FreshNames;

  /** Builds into `graph`, which may hold nodes already. */
  constructor(graph: Graph = new Graph("main")) {
    this.graph = graph;
    this.#names = new FreshNames(graph);
  }

  /** A name nothing in the graph uses. */
  fresh(base: string): string {
    return this.#names.fresh(base);
  }

  /** A graph input; strings are symbolic dimensions. */
  input(name: string, shape: readonly (number | string)[], dataType: DataTypeCode = DataType.FLOAT): Value {
    const dims = shape.map((dim): Dim => (typeof dim === "string" ? symbol(dim) : dim));
    return this.graph.addInput(this.fresh(name), { kind: "tensor", dataType, shape: dims });
  }

  weight(name: string, tensor: Tensor): Value {
    return this.graph.addInitializer(this.fresh(name), tensor);
  }

  /** An int64 vector constant. */
  ints(name: string, values: readonly number[]): Value {
    return this.weight(name, int64Tensor([values.length], values));
  }

  /** Adds a node with one output and gives that output. */
  op(opType: string, inputs: readonly (Value | null)[], options: OpOptions = {}): Value {
    return this.ops(opType, inputs, options)[0] as Value;
  }

  /** Adds a node and gives all its outputs. */
  ops(opType: string, inputs: readonly (Value | null)[], options: OpOptions = {}): Value[] {
    const name = this.fresh(options.name ?? opType.toLowerCase());
    const count = options.outputs ?? 1;
    const outputs = Array.from(
      { length: count },
      (_, i) => new Value(this.fresh(count === 1 ? `${name}_out` : `${name}_out_${i}`)),
    );
    this.graph.addNode({
      opType,
      inputs,
      outputs,
      name,
      ...(options.domain === undefined ? {} : { domain: options.domain }),
      ...(options.attributes === undefined ? {} : { attributes: options.attributes }),
    });
    return outputs;
  }

  /** Declares a graph output; renames the value when a name is given. */
  output(value: Value, name?: string, dataType: DataTypeCode = DataType.FLOAT): Value {
    if (name !== undefined) value.name = this.fresh(name);
    value.type ??= { kind: "tensor", dataType, shape: null };
    this.graph.outputs.push(value);
    return value;
  }

  model(opset = 17, irVersion = 8): Model {
    return new Model({ graph: this.graph, irVersion, opsets: { "": opset } });
  }
}
