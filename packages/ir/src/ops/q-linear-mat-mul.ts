// QLinearMatMul and MatMulInteger: MatMul on 8-bit integers, with and without scaling back to them.

import { DataType } from "../data-type.js";
import type { Value } from "../graph/value.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { type MatMulView, matMulShape } from "./mat-mul.js";

/** Zero points are scalars or have one entry per row of a or column of b; null for 0. */
export interface IntegerMatMulView extends MatMulView {
  readonly aZeroPoint: Value | null;
  readonly bZeroPoint: Value | null;
}

export interface QLinearMatMulView extends IntegerMatMulView {
  readonly aScale: Value;
  readonly bScale: Value;
  readonly yScale: Value;
  readonly yZeroPoint: Value;
}

export const qLinearMatMul: OpDefinition<QLinearMatMulView> = defineOp({
  domain: "",
  opType: "QLinearMatMul",
  float32: "TYPE",
  view: (node) => ({
    a: requireInput(node, 0),
    aScale: requireInput(node, 1),
    aZeroPoint: requireInput(node, 2),
    b: requireInput(node, 3),
    bScale: requireInput(node, 4),
    bZeroPoint: requireInput(node, 5),
    yScale: requireInput(node, 6),
    yZeroPoint: requireInput(node, 7),
    y: requireOutput(node, 0),
  }),
  infer: ({ a, b, yZeroPoint }, facts) => [
    { dataType: facts.dataType(yZeroPoint), shape: matMulShape(facts, a, b) },
  ],
});

export const matMulInteger: OpDefinition<IntegerMatMulView> = defineOp({
  domain: "",
  opType: "MatMulInteger",
  float32: "TYPE",
  view: (node) => ({
    a: requireInput(node, 0),
    b: requireInput(node, 1),
    aZeroPoint: node.input(2),
    bZeroPoint: node.input(3),
    y: requireOutput(node, 0),
  }),
  infer: ({ a, b }, facts) => [{ dataType: DataType.INT32, shape: matMulShape(facts, a, b) }],
});
