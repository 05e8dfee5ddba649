// MaxPool, AveragePool, LpPool: a sliding window per channel.

import { DataType } from "../data-type.js";
import type { Value } from "../graph/value.js";
import { flagOf, intOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { convolvedSize, type Window, windowOf } from "./window.js";

/** x [N, C, ...] → y [N, C, ...]. */
export interface PoolView {
  readonly x: Value;
  readonly y: Value;
  readonly kind: "max" | "average" | "lp";
  readonly window: Window;
  /** Positions of the maxima. */
  readonly indices: Value | null;
  /** Whether the positions count down the columns first (storage_order = 1). */
  readonly columnMajor: boolean;
  /** Average: whether padding counts in the divisor. */
  readonly countIncludePad: boolean;
  /** Lp: the exponent. */
  readonly p: number;
}

export const maxPool: OpDefinition<PoolView> = definePool("MaxPool", "max");
export const averagePool: OpDefinition<PoolView> = definePool("AveragePool", "average");
export const lpPool: OpDefinition<PoolView> = definePool("LpPool", "lp");

function definePool(opType: string, kind: PoolView["kind"]): OpDefinition<PoolView> {
  return defineOp({
    domain: "",
    opType,
    ...(kind === "lp" && { float32: "OVERFLOW" as const }),
    view: (node) => {
      if (!node.attributes.has("kernel_shape")) throw invalidNode(node, '"kernel_shape"', "none");
      return {
        x: requireInput(node, 0),
        y: requireOutput(node, 0),
        kind,
        window: windowOf(node, null),
        indices: node.output(1),
        columnMajor: flagOf(node, "storage_order"),
        countIncludePad: flagOf(node, "count_include_pad"),
        p: intOf(node, "p") ?? 2,
      };
    },
    infer: ({ x, window }, facts) => {
      const shape = facts.shape(x);
      const pooled =
        shape?.map((size, axis) => (axis < 2 ? size : convolvedSize(size, window, axis - 2))) ?? null;
      return [
        { dataType: facts.dataType(x), shape: pooled },
        { dataType: DataType.INT64, shape: pooled },
      ];
    },
  });
}
