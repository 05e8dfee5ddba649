// GlobalAveragePool, GlobalMaxPool, GlobalLpPool: one number per channel.

import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, ...] → y [N, C, 1, ...]. */
export interface GlobalPoolView {
  readonly x: Value;
  readonly y: Value;
  readonly kind: "max" | "average" | "lp";
  /** Lp: the exponent. */
  readonly p: number;
}

export const globalAveragePool: OpDefinition<GlobalPoolView> = defineGlobalPool(
  "GlobalAveragePool",
  "average",
);
export const globalMaxPool: OpDefinition<GlobalPoolView> = defineGlobalPool("GlobalMaxPool", "max");
export const globalLpPool: OpDefinition<GlobalPoolView> = defineGlobalPool("GlobalLpPool", "lp");

function defineGlobalPool(opType: string, kind: GlobalPoolView["kind"]): OpDefinition<GlobalPoolView> {
  return defineOp({
    domain: "",
    opType,
    ...(kind === "lp" && { float32: "OVERFLOW" as const }),
    view: (node) => ({
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      kind,
      p: intOf(node, "p") ?? 2,
    }),
    infer: ({ x }, facts) => [
      {
        dataType: facts.dataType(x),
        shape: facts.shape(x)?.map((size, axis) => (axis < 2 ? size : 1)) ?? null,
      },
    ],
  });
}
