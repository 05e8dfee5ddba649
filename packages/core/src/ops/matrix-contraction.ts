// Gemm and MatMul as contractions: the right operand is stored, the left one is computed.

import { type Facts, type GraphBuilder, intsAttribute, type Value } from "@espalier/ir";
import type { Contraction } from "../calibration/contraction.js";

export interface MatrixProduct {
  readonly x: Value;
  readonly w: Value;
  readonly y: Value;
  readonly transX: boolean;
  readonly transW: boolean;
  /** y = scale · x·w. */
  readonly scale: number;
  readonly bias: Contraction["bias"];
}

/** The contraction of x [..., rows, K] with w [K, N]; null unless w is one stored matrix. */
export function matrixContraction(facts: Facts, product: MatrixProduct): Contraction | null {
  const { x, w, y, transX, transW, scale, bias } = product;
  const tensor = facts.constant(w);
  const rank = facts.shape(y)?.length;
  if (tensor === null || facts.constant(x) !== null || tensor.dims.length !== 2 || rank === undefined)
    return null;
  const [first, second] = tensor.dims as [number, number];
  const [columns, outputs] = transW ? [second, first] : [first, second];
  if (rank < 1 || scale === 0 || facts.shape(x)?.length !== rank) return null;
  const visit = (each: (stored: number, plain: number) => void): void => {
    for (let k = 0; k < columns; k++)
      for (let n = 0; n < outputs; n++) each(transW ? n * columns + k : k * outputs + n, k * outputs + n);
  };
  return {
    x,
    w,
    y,
    blocks: 1,
    columns,
    outputs,
    inputAxis: transW ? 1 : 0,
    taps: 1,
    channelAxis: rank - 1,
    bias,
    rows: (dims) => dims.reduce((product, dim) => product * dim, 1) / columns,
    unfold: (builder, value) =>
      transX
        ? builder.op("Reshape", [value, builder.ints("form", [1, columns, -1])])
        : rowsLast(builder, value, columns),
    outputRows: (builder, value) => rowsLast(builder, value, outputs),
    toMatrix: (weights) => {
      const matrix = new Float64Array(columns * outputs);
      visit((stored, plain) => {
        matrix[plain] = (weights[stored] as number) * scale;
      });
      return matrix;
    },
    fromMatrix: (matrix) => {
      const weights = new Float64Array(columns * outputs);
      visit((stored, plain) => {
        weights[stored] = (matrix[plain] as number) / scale;
      });
      return weights;
    },
  };
}

/** [..., width] → [1, width, rows]. */
function rowsLast(builder: GraphBuilder, value: Value, width: number): Value {
  const flat = builder.op("Reshape", [value, builder.ints("form", [1, -1, width])]);
  return builder.op("Transpose", [flat], { attributes: { perm: intsAttribute([0, 2, 1]) } });
}
