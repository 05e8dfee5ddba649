// QuantizeLinear: y = saturate(round(x / scale) + zeroPoint), per tensor, per axis or in blocks.

import { DataType, type DataTypeCode } from "../data-type.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { Facts } from "../shape/facts.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** scale and zeroPoint: scalars, vectors along `axis`, or of x's rank when `blockSize` is above 0. */
export interface QuantizeLinearView {
  readonly x: Value;
  readonly scale: Value;
  readonly zeroPoint: Value | null;
  readonly y: Value;
  /** null when x's rank is not known, or the scale is one number. */
  readonly axis: number | null;
  /** 0: not in blocks. */
  readonly blockSize: number;
  /** Element type of y; null when not known. */
  readonly dataType: DataTypeCode | null;
}

export const quantizeLinear: OpDefinition<QuantizeLinearView> = defineQuantize("");
export const quantizeLinearMicrosoft: OpDefinition<QuantizeLinearView> = defineQuantize("com.microsoft");

function defineQuantize(domain: string): OpDefinition<QuantizeLinearView> {
  return defineOp({
    domain,
    opType: "QuantizeLinear",
    float32: "TYPE",
    view: (node, facts) => {
      const zeroPoint = node.input(2);
      const written = intOf(node, "output_dtype") ?? 0;
      const typed = zeroPoint === null ? DataType.UINT8 : facts.dataType(zeroPoint);
      return {
        ...quantizationOperands(node, facts),
        zeroPoint,
        dataType: written !== DataType.UNDEFINED ? written : typed,
      };
    },
    infer: ({ x, dataType }, facts) => [{ dataType, shape: facts.shape(x) }],
  });
}

/** What QuantizeLinear and DequantizeLinear read alike. */
export function quantizationOperands(
  node: Node,
  facts: Facts,
): Pick<QuantizeLinearView, "x" | "scale" | "y" | "axis" | "blockSize"> {
  const x = requireInput(node, 0);
  const scale = requireInput(node, 1);
  const rank = rankOf(facts, x);
  const scaleRank = rankOf(facts, scale);
  const written = intOf(node, "axis") ?? 1;
  // The default axis 1 may lie outside a vector, where it is not used either.
  const axis = scaleRank === 0 ? null : rank === 1 ? 0 : normalizeAxis(node, written, rank);
  return { x, scale, y: requireOutput(node, 0), axis, blockSize: intOf(node, "block_size") ?? 0 };
}
