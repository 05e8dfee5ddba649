// TopK: k was an attribute before opset 10, is an input since.

import { DataType } from "../data-type.js";
import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { scalarOf } from "../shape/contents.js";
import { isArbitrary, unknownDim } from "../shape/unknown.js";
import { flagOf, intOf, requireInput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface TopKView {
  readonly x: Value;
  readonly values: Value | null;
  readonly indices: Value | null;
  readonly axis: number | null;
  readonly k: Dim | null;
  readonly largest: boolean;
}

export const topK: OpDefinition<TopKView> = defineOp({
  domain: "",
  opType: "TopK",
  float32: "ORDER",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    return {
      x,
      values: node.output(0),
      indices: node.output(1),
      axis: normalizeAxis(node, intOf(node, "axis") ?? -1, rankOf(facts, x)),
      k: facts.opset("") >= 10 ? scalarOf(facts, requireInput(node, 1)) : intOf(node, "k"),
      largest: flagOf(node, "largest", true),
    };
  },
  raise: (_, node, { opset, ints }) => {
    const k = intOf(node, "k");
    if (opset >= 10 || k === null) return;
    node.attributes.delete("k");
    node.setInput(1, ints([k]));
  },
  infer: ({ x, values, indices, axis, k }, facts) => {
    const shape = facts.shape(x);
    const named = values ?? indices ?? x;
    const size = k === null || isArbitrary(k) ? unknownDim(named, axis ?? 0) : k;
    const kept = shape === null || axis === null ? null : shape.map((dim, i) => (i === axis ? size : dim));
    return [
      { dataType: facts.dataType(x), shape: kept },
      { dataType: DataType.INT64, shape: kept },
    ];
  },
});
