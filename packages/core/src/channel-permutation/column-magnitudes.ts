// |w| of a matrix column by column, and what 2:4 keeps of four columns that lie side by side.

import { EspalierError } from "@espalier/ir";

/** A weight with the axis of the pattern last (`axisLast`): row-major, [rows, columns]. */
export interface WeightRows {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** |w|, column after column. */
export interface ColumnMagnitudes {
  readonly rows: number;
  readonly columns: number;
  readonly magnitudes: Float64Array;
}

/** @throws EspalierError `TENSOR_SIZE`; `PATTERN_UNFIT` unless columns are a multiple of 4; `NONFINITE` */
export function columnMagnitudes({ values, rows, columns }: WeightRows): ColumnMagnitudes {
  if (values.length !== rows * columns) {
    throw new EspalierError("TENSOR_SIZE", "A matrix does not have the length of its dimensions", {
      expected: `${rows} × ${columns}`,
      found: String(values.length),
    });
  }
  if (columns < 4 || columns % 4 !== 0) {
    throw new EspalierError("PATTERN_UNFIT", "Columns cannot be permuted for 2:4", {
      expected: "a multiple of 4 columns",
      found: String(columns),
      unblock: "Leave this weight dense.",
    });
  }
  if (!values.every(Number.isFinite)) throw new EspalierError("NONFINITE", "Weights are NaN or infinite");
  const magnitudes = new Float64Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      magnitudes[column * rows + row] = Math.abs(values[row * columns + column] as number);
  return { rows, columns, magnitudes };
}

/** Σ over the rows of the two largest |w| of four columns. */
export function keptOfFour(
  { rows, magnitudes }: ColumnMagnitudes,
  first: number,
  second: number,
  third: number,
  fourth: number,
): number {
  const [p, q, r, s] = [first * rows, second * rows, third * rows, fourth * rows];
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    const a = magnitudes[p + row] as number;
    const b = magnitudes[q + row] as number;
    const c = magnitudes[r + row] as number;
    const d = magnitudes[s + row] as number;
    // The two largest are one of each pair, or one pair: max(max(a, b) + max(c, d), a + b, c + d), with the maxima as
    // sums of absolute values. Without branches, which nobody can predict here, this takes a fraction of the time.
    const across = Math.abs(a - b) + Math.abs(c - d);
    const within = Math.abs(a + b - c - d);
    kept += 2 * (a + b + c + d) + across + within + Math.abs(across - within);
  }
  return kept / 4;
}

/** What 2:4 keeps of |w| when the columns lie in this order. */
export function keptOf(columns: ColumnMagnitudes, order: ArrayLike<number>): number {
  let kept = 0;
  for (let i = 0; i < order.length; i += 4)
    kept += keptOfFour(
      columns,
      order[i] as number,
      order[i + 1] as number,
      order[i + 2] as number,
      order[i + 3] as number,
    );
  return kept;
}
