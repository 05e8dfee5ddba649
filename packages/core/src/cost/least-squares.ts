// Non-negative least squares for a handful of unknowns: costs are never negative.

/**
 * x ≥ 0 that minimises Σ w_i² (a_i · x − b_i)².
 *
 * Every subset of the unknowns is solved by the normal equations and the best solution without a negative entry
 * kept: exact (the optimum is the unconstrained one of its own support), and cheap for up to six unknowns.
 *
 * @param rows one list of features per observation, all of one length n ≤ 6
 */
export function nonNegativeLeastSquares(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[] = targets.map(() => 1),
): number[] {
  const n = rows[0]?.length ?? 0;
  if (n > 6) throw new Error("too many unknowns for an exhaustive search");
  let best: { readonly x: number[]; readonly error: number } = {
    x: new Array<number>(n).fill(0),
    error: residual(rows, targets, weights, new Array<number>(n).fill(0)),
  };
  for (let subset = 1; subset < 2 ** n; subset++) {
    const support = Array.from({ length: n }, (_, i) => i).filter((i) => (subset >> i) & 1);
    const part = solveNormal(rows, targets, weights, support);
    if (part === null || part.some((value) => !(value >= 0))) continue;
    const x = new Array<number>(n).fill(0);
    for (const [k, i] of support.entries()) x[i] = part[k] as number;
    const error = residual(rows, targets, weights, x);
    if (error < best.error * (1 - 1e-9)) best = { x, error };
  }
  return best.x;
}

function residual(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
  x: readonly number[],
): number {
  return rows.reduce((sum, row, i) => {
    const fitted = row.reduce((total, feature, k) => total + feature * (x[k] as number), 0);
    return sum + ((weights[i] as number) * (fitted - (targets[i] as number))) ** 2;
  }, 0);
}

/** The normal equations of the chosen unknowns by Gaussian elimination; null when they are singular. */
function solveNormal(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
  support: readonly number[],
): number[] | null {
  // Features differ by many orders of magnitude: scaled to one, singularity can be told.
  const scale = support.map((k) =>
    Math.sqrt(rows.reduce((sum, row, i) => sum + ((weights[i] as number) * (row[k] as number)) ** 2, 0)),
  );
  if (scale.includes(0)) return null;
  const matrix = support.map((a, i) => [
    ...support.map((b, j) =>
      rows.reduce(
        (sum, row, r) =>
          sum +
          ((weights[r] as number) ** 2 * (row[a] as number) * (row[b] as number)) /
            ((scale[i] as number) * (scale[j] as number)),
        0,
      ),
    ),
    rows.reduce(
      (sum, row, r) =>
        sum +
        ((weights[r] as number) ** 2 * (row[a] as number) * (targets[r] as number)) / (scale[i] as number),
      0,
    ),
  ]);
  const n = support.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++)
      if (Math.abs(at(matrix, row, column)) > Math.abs(at(matrix, pivot, column))) pivot = row;
    if (Math.abs(at(matrix, pivot, column)) < 1e-10) return null;
    [matrix[column], matrix[pivot]] = [matrix[pivot] as number[], matrix[column] as number[]];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = at(matrix, row, column) / at(matrix, column, column);
      for (let k = column; k <= n; k++)
        (matrix[row] as number[])[k] = at(matrix, row, k) - factor * at(matrix, column, k);
    }
  }
  return support.map((_, i) => at(matrix, i, n) / at(matrix, i, i) / (scale[i] as number));
}

function at(matrix: readonly (readonly number[])[], row: number, column: number): number {
  return matrix[row]?.[column] as number;
}
