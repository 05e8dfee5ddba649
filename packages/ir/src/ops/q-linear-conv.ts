// QLinearConv and ConvInteger: Conv on 8-bit integers, with and without scaling back to them.

import { DataType, type DataTypeCode } from "../data-type.js";
import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import type { Facts } from "../shape/facts.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { convolvedSize, type Window, windowOf } from "./window.js";

/** x [N, C, ...], w [M, C/group, ...kernel] → y [N, M, ...]; scales and zero points scalars, those of w also [M]. */
export interface IntegerConvView {
  readonly x: Value;
  readonly xZeroPoint: Value | null;
  readonly w: Value;
  readonly wZeroPoint: Value | null;
  readonly y: Value;
  readonly group: number;
  readonly window: Window;
}

export interface QLinearConvView extends IntegerConvView {
  readonly xScale: Value;
  readonly wScale: Value;
  readonly yScale: Value;
  readonly yZeroPoint: Value;
  /** int32 [M] */
  readonly b: Value | null;
}

export const qLinearConv: OpDefinition<QLinearConvView> = defineOp({
  domain: "",
  opType: "QLinearConv",
  float32: "TYPE",
  view: (node, facts) => {
    const w = requireInput(node, 3);
    return {
      x: requireInput(node, 0),
      xScale: requireInput(node, 1),
      xZeroPoint: requireInput(node, 2),
      w,
      wScale: requireInput(node, 4),
      wZeroPoint: requireInput(node, 5),
      yScale: requireInput(node, 6),
      yZeroPoint: requireInput(node, 7),
      b: node.input(8),
      y: requireOutput(node, 0),
      group: intOf(node, "group") ?? 1,
      window: windowOf(node, facts.shape(w)?.slice(2) ?? null),
    };
  },
  infer: (view, facts) => [typed(view, facts, facts.dataType(view.yZeroPoint))],
});

export const convInteger: OpDefinition<IntegerConvView> = defineOp({
  domain: "",
  opType: "ConvInteger",
  float32: "TYPE",
  view: (node, facts) => {
    const w = requireInput(node, 1);
    return {
      x: requireInput(node, 0),
      w,
      xZeroPoint: node.input(2),
      wZeroPoint: node.input(3),
      y: requireOutput(node, 0),
      group: intOf(node, "group") ?? 1,
      window: windowOf(node, facts.shape(w)?.slice(2) ?? null),
    };
  },
  infer: (view, facts) => [typed(view, facts, DataType.INT32)],
});

function typed(
  { x, w, window }: IntegerConvView,
  facts: Facts,
  dataType: DataTypeCode | null,
): { dataType: DataTypeCode | null; shape: readonly Dim[] | null } {
  const size = facts.shape(x);
  const weight = facts.shape(w);
  if (size === null || weight === null) return { dataType, shape: null };
  const spatial = size.slice(2).map((dim, i) => convolvedSize(dim, window, i));
  return { dataType, shape: [size[0] ?? 1, weight[0] ?? 1, ...spatial] };
}
