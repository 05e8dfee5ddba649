// What 2:4 keeps of a block of four columns when another column takes the place of one of them: for all places and all
// columns at once, which is what a search of swaps asks for.

import type { ColumnMagnitudes } from "./column-magnitudes.js";

/** Σ over the rows of each column. */
export function columnSums({ rows, columns, magnitudes }: ColumnMagnitudes): Float64Array {
  return Float64Array.from({ length: columns }, (_, column) =>
    magnitudes.subarray(column * rows, (column + 1) * rows).reduce((sum, value) => sum + value, 0),
  );
}

/**
 * Σ over the rows of the two largest |w|, for each place of a block and each column that takes it.
 *
 * Of the three columns that stay, only the two largest of a row count: m1 ≥ m2. With d beside them m1 + max(m2, d) is kept,
 * and max(m2, d) = (m2 + d + |m2 - d|) / 2. So a row costs one absolute difference, without branches.
 *
 * @param sums `columnSums`
 * @param block its four columns
 * @param kept [4, columns], written
 */
export function keptWithEach(
  { rows, columns, magnitudes }: ColumnMagnitudes,
  sums: Float64Array,
  block: ArrayLike<number>,
  kept: Float64Array,
): void {
  const { seconds, stays } = withoutOneEach(magnitudes, rows, block);
  const [stay0, stay1, stay2, stay3] = stays;
  for (let column = 0; column < columns; column++) {
    const from = column * rows;
    // The four together: each waits for its own sum alone.
    let [apart0, apart1, apart2, apart3] = [0, 0, 0, 0];
    for (let row = 0; row < rows; row++) {
      const d = magnitudes[from + row] as number;
      apart0 += Math.abs((seconds[row * 4] as number) - d);
      apart1 += Math.abs((seconds[row * 4 + 1] as number) - d);
      apart2 += Math.abs((seconds[row * 4 + 2] as number) - d);
      apart3 += Math.abs((seconds[row * 4 + 3] as number) - d);
    }
    const own = sums[column] as number;
    kept[column] = (stay0 + own + apart0) / 2;
    kept[columns + column] = (stay1 + own + apart1) / 2;
    kept[2 * columns + column] = (stay2 + own + apart2) / 2;
    kept[3 * columns + column] = (stay3 + own + apart3) / 2;
  }
}

/** Of the three columns that stay when one leaves: m2 of every row, [rows, 4], and Σ 2 · m1 + m2 over the rows. */
function withoutOneEach(
  magnitudes: Float64Array,
  rows: number,
  block: ArrayLike<number>,
): { readonly seconds: Float64Array; readonly stays: [number, number, number, number] } {
  const seconds = new Float64Array(rows * 4);
  const stays: [number, number, number, number] = [0, 0, 0, 0];
  for (let place = 0; place < 4; place++) {
    const [p, q, r] = [1, 2, 3].map((step) => (block[(place + step) % 4] as number) * rows) as [
      number,
      number,
      number,
    ];
    for (let row = 0; row < rows; row++) {
      const a = magnitudes[p + row] as number;
      const b = magnitudes[q + row] as number;
      const c = magnitudes[r + row] as number;
      const second = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
      seconds[row * 4 + place] = second;
      stays[place] = (stays[place] as number) + 2 * Math.max(a, b, c) + second;
    }
  }
  return { seconds, stays };
}
