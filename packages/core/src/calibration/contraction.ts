// A contraction: an operator that multiplies its input by stored weights and sums, seen as a matrix product.
//
//   Y[b] = X[b] · W[b] + 1·biasᵀ,   X[b]: rows × columns,  W[b]: columns × outputs,  b = 0 … blocks − 1
//
// Rows are the places where it is applied (batch and positions), columns the inputs one place reads (im2col
// for a convolution), blocks the groups of a grouped convolution. Least squares, Gram statistics and bias
// correction work on this view alone; the handlers of `core/ops` give it.

import type { GraphBuilder, Value } from "@espalier/ir";

export interface Contraction {
  readonly x: Value;
  /** The stored weights. */
  readonly w: Value;
  readonly y: Value;
  readonly blocks: number;
  /** Columns and outputs of one block. */
  readonly columns: number;
  readonly outputs: number;
  /** Axis of `w` along which the input units lie. */
  readonly inputAxis: number;
  /** Neighbouring columns that read one position of that axis: the taps of a kernel. */
  readonly taps: number;
  /** Axis of y with blocks × outputs positions. */
  readonly channelAxis: number;
  /** Where the bias is an operand: its index, and the factor it is multiplied by. null = the operator has none. */
  readonly bias: { readonly index: number; readonly scale: number } | null;
  /** Number of rows of one block for an input of these dimensions. */
  rows(xDims: readonly number[]): number;
  /** Adds nodes that lay `x` out as [blocks, columns, rows]. */
  unfold(builder: GraphBuilder, x: Value): Value;
  /** Adds nodes that lay an output out as [blocks, outputs, rows]. */
  outputRows(builder: GraphBuilder, y: Value): Value;
  /** Stored weights → W, [blocks, columns, outputs] row-major. */
  toMatrix(weights: ArrayLike<number>): Float64Array;
  /** W → stored weights. */
  fromMatrix(matrix: Float64Array): Float64Array;
}
