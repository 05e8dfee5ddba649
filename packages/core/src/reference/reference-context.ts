// What a handler sees while the masked reference is built: the copy of its node in the uncut model, and
// which positions of its inputs count as removed.

import {
  boolTensor,
  DataType,
  type DataTypeCode,
  dataTypeName,
  EspalierError,
  type Facts,
  floatAttribute,
  type Graph,
  GraphBuilder,
  int64Tensor,
  intAttribute,
  intsAttribute,
  type Node,
  numberToFloat16,
  rawTensor,
  stringAttribute,
  type Tensor,
  type Value,
} from "@espalier/ir";
import type { Mixing } from "../ops/handler.js";

export type RemovedLookup = (value: Value, axis: number) => Uint8Array | null;

export class ReferenceContext {
  readonly facts: Facts;
  /** The node in the copy; still with all its positions. */
  readonly node: Node;
  /** The node of the original, whose values the lookups know. */
  readonly original: Node;
  readonly #builder: GraphBuilder;
  readonly #removed: RemovedLookup;

  constructor(init: {
    facts: Facts;
    node: Node;
    original: Node;
    builder: GraphBuilder;
    removed: RemovedLookup;
  }) {
    this.facts = init.facts;
    this.node = init.node;
    this.original = init.original;
    this.#builder = init.builder;
    this.#removed = init.removed;
  }

  /** Removed positions along an axis of input `index`: 1 = removed; null for none. */
  removedOf(value: Value, axis: number): Uint8Array | null {
    return this.#removed(value, axis);
  }

  /** Lets input `input` hold `neutral` at every removed position of `axes`. */
  neutralise({ input, axes, neutral }: Mixing): void {
    const original = this.original.input(input);
    const present = this.node.input(input);
    if (original === null || present === null) return;
    let value = present;
    for (const axis of axes) {
      const removed = this.removedOf(original, axis);
      if (removed !== null) value = this.#fill(value, original, axis, removed, neutral);
    }
    if (value !== present) this.node.setInput(input, value);
  }

  /**
   * Runs the node on kept positions only: gathers them along the given axes of its inputs, and spreads each
   * output out again (removed positions repeat a kept one; whoever mixes them neutralises them).
   */
  compact(
    inputs: readonly { input: number; axis: number }[],
    outputs: readonly { output: number; axis: number }[],
  ): void {
    for (const { input, axis } of inputs) {
      const original = this.original.input(input);
      const present = this.node.input(input);
      const removed = original === null ? null : this.removedOf(original, axis);
      if (removed === null || present === null) continue;
      const kept = [...removed.keys()].filter((p) => removed[p] === 0);
      this.node.setInput(input, this.#gather(present, kept, axis));
    }
    for (const { output, axis } of outputs) {
      const original = this.original.output(output);
      const present = this.node.output(output);
      const removed = original === null ? null : this.removedOf(original, axis);
      if (removed === null || present === null) continue;
      let rank = 0;
      const spread = Array.from(removed, (gone) => (gone ? Math.max(0, rank - 1) : rank++));
      const readers = [...present.consumers];
      const wide = this.#gather(present, spread, axis);
      for (const reader of readers) {
        for (const [i, value] of reader.inputs.entries()) if (value === present) reader.setInput(i, wide);
      }
    }
  }

  #gather(value: Value, indices: readonly number[], axis: number): Value {
    const list = this.#builder.weight("mask_indices", int64Tensor([indices.length], indices));
    return this.#builder.op("Gather", [value, list], {
      name: "mask_gather",
      attributes: { axis: intAttribute(axis) },
    });
  }

  /** Where(keep, value, neutral), never a product: 0 · Inf would be NaN. */
  #fill(value: Value, original: Value, axis: number, removed: Uint8Array, neutral: number): Value {
    const rank = (this.facts.shape(original) ?? []).length;
    const type = this.facts.dataType(original) ?? DataType.FLOAT;
    if (this.facts.opset("") < 9) return this.#fillByPadding(value, rank, axis, removed, neutral);
    const dims = Array.from({ length: rank }, (_, i) => (i === axis ? removed.length : 1));
    const keep = this.#builder.weight(
      "mask_keep",
      boolTensor(
        dims,
        Array.from(removed, (gone) => gone === 0),
      ),
    );
    const filler = this.#builder.weight("mask_neutral", scalar(type, neutral));
    return this.#builder.op("Where", [keep, value, filler], { name: "mask_where" });
  }

  /** Before Where existed: one neutral position padded behind the axis, then gathered in place of the removed. */
  #fillByPadding(value: Value, rank: number, axis: number, removed: Uint8Array, neutral: number): Value {
    const pads = new Array<number>(2 * rank).fill(0);
    pads[rank + axis] = 1;
    const padded = this.#builder.op("Pad", [value], {
      name: "mask_pad",
      attributes: {
        mode: stringAttribute("constant"),
        pads: intsAttribute(pads),
        value: floatAttribute(neutral),
      },
    });
    return this.#gather(
      padded,
      Array.from(removed, (gone, p) => (gone ? removed.length : p)),
      axis,
    );
  }
}

function scalar(type: DataTypeCode, value: number): Tensor {
  const bytes = SCALARS.get(type)?.(value);
  if (bytes === undefined) {
    throw new EspalierError("UNSUPPORTED", "No neutral element for this element type", {
      found: dataTypeName(type),
    });
  }
  return rawTensor(type, [], new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

const integer = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

const SCALARS: ReadonlyMap<DataTypeCode, (value: number) => ArrayBufferView> = new Map<
  DataTypeCode,
  (value: number) => ArrayBufferView
>([
  [DataType.FLOAT, (v) => Float32Array.of(v)],
  [DataType.DOUBLE, (v) => Float64Array.of(v)],
  [DataType.FLOAT16, (v) => Uint16Array.of(numberToFloat16(v))],
  [DataType.BFLOAT16, (v) => new Uint16Array(Float32Array.of(v).buffer).slice(1, 2)],
  [
    DataType.INT64,
    (v) =>
      BigInt64Array.of(v === 0 || Number.isFinite(v) ? BigInt(v) : v < 0 ? -(2n ** 63n) : 2n ** 63n - 1n),
  ],
  [DataType.INT32, (v) => Int32Array.of(integer(v, -(2 ** 31), 2 ** 31 - 1))],
  [DataType.INT8, (v) => Int8Array.of(integer(v, -128, 127))],
  [DataType.UINT8, (v) => Uint8Array.of(integer(v, 0, 255))],
  [DataType.BOOL, (v) => Uint8Array.of(v ? 1 : 0)],
]);

/** Makes a context per node of one copy. */
export function referenceContexts(
  graph: Graph,
  facts: Facts,
  removed: RemovedLookup,
): (original: Node, node: Node) => ReferenceContext {
  const builder = new GraphBuilder(graph);
  return (original, node) => new ReferenceContext({ facts, node, original, builder, removed });
}
