// DequantizeLinear: y = (x − zeroPoint) · scale, per tensor, per axis or in blocks.

import { DataType } from "../data-type.js";
import { intOf } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { type QuantizeLinearView, quantizationOperands } from "./quantize-linear.js";

export type DequantizeLinearView = QuantizeLinearView;

export const dequantizeLinear: OpDefinition<DequantizeLinearView> = defineDequantize("");
export const dequantizeLinearMicrosoft: OpDefinition<DequantizeLinearView> =
  defineDequantize("com.microsoft");

function defineDequantize(domain: string): OpDefinition<DequantizeLinearView> {
  return defineOp({
    domain,
    opType: "DequantizeLinear",
    float32: "TYPE",
    view: (node, facts) => {
      const operands = quantizationOperands(node, facts);
      const written = intOf(node, "output_dtype") ?? 0;
      return {
        ...operands,
        zeroPoint: node.input(2),
        dataType: written !== DataType.UNDEFINED ? written : facts.dataType(operands.scale),
      };
    },
    infer: ({ x, dataType }, facts) => [{ dataType, shape: facts.shape(x) }],
  });
}
