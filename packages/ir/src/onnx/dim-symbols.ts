// Symbols for dimensions that a file leaves out: every one is a dimension of its own, named `value:axis` as on the
// command line (`--dim input:2=48`), and never the name of a dimension that the file does name.

import { type Dim, symbol } from "../dim.js";
import type { AttributeProto, GraphProto, ValueInfoProto } from "./onnx_pb.js";

export class DimSymbols {
  /** The symbols handed out. Written back as dimensions left out. */
  readonly absent: Set<string> = new Set();
  readonly #named = new Set<string>();
  /** Where the search for a number goes on: many subgraphs use the same names. */
  readonly #next = new Map<string, number>();

  /** @param graph  the main graph: all the names it uses are avoided */
  constructor(graph: GraphProto) {
    const pending = [graph];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const values of [next.input, next.output, next.valueInfo])
        for (const v of values) this.#collect(v);
      for (const node of next.node) for (const attribute of node.attribute) addGraphs(attribute, pending);
    }
  }

  /** A new symbol for an axis of a value. */
  fresh(value: string, axis: number): Dim {
    const base = `${value}:${axis}`;
    let name = base;
    let next = this.#next.get(base) ?? 2;
    for (; this.#named.has(name) || this.absent.has(name); next++) name = `${base}_${next}`;
    this.#next.set(base, next);
    this.absent.add(name);
    return symbol(name);
  }

  #collect(info: ValueInfoProto): void {
    const type = info.type?.value;
    if (type?.case !== "tensorType") return;
    for (const { value } of type.value.shape?.dim ?? [])
      if (value.case === "dimParam") this.#named.add(value.value);
  }
}

function addGraphs(attribute: AttributeProto, pending: GraphProto[]): void {
  if (attribute.g !== undefined) pending.push(attribute.g);
  for (const graph of attribute.graphs) pending.push(graph);
}
