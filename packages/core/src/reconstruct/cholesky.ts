// Cholesky factorisation of a symmetric positive definite matrix, in float64, on flat row-major arrays. Own code
// because the matrices come and go as flat arrays, factors of thousands of columns are common, the pivots must be
// judged against rounding, and the runtime has no operator for it; it is forty lines. The tests hold it against
// Gauss–Jordan elimination.

/**
 * A = L·Lᵀ. The lower triangle of `a` is replaced by L; the upper one is left as it is.
 * @returns false when `a` is not positive definite within float64
 */
export function factorise(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j < i; j++) {
      const rowJ = j * n;
      let sum = a[rowI + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[rowI + k] as number) * (a[rowJ + k] as number);
      a[rowI + j] = sum / (a[rowJ + j] as number);
    }
    const diagonal = a[rowI + i] as number;
    let pivot = diagonal;
    for (let k = 0; k < i; k++) pivot -= (a[rowI + k] as number) ** 2;
    // What is left of a column that the ones before it span is noise of this size.
    if (!(pivot > diagonal * n * Number.EPSILON)) return false;
    a[rowI + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Solves L·Lᵀ·X = B for B [n, m], in place. */
export function solveFactored(l: Float64Array, n: number, b: Float64Array, m: number): void {
  const subtract = (from: number, row: number, factor: number): void => {
    if (factor === 0) return;
    const [target, source] = [from * m, row * m];
    for (let c = 0; c < m; c++)
      b[target + c] = (b[target + c] as number) - factor * (b[source + c] as number);
  };
  const divide = (row: number): void => {
    const pivot = l[row * n + row] as number;
    for (let c = row * m; c < (row + 1) * m; c++) b[c] = (b[c] as number) / pivot;
  };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, l[i * n + k] as number);
    divide(i);
  }
  for (let i = n - 1; i >= 0; i--) {
    divide(i);
    for (let k = 0; k < i; k++) subtract(k, i, l[i * n + k] as number);
  }
}

/** The inverse of a symmetric positive definite matrix, or null; `a` is overwritten. */
export function invert(a: Float64Array, n: number): Float64Array | null {
  if (!factorise(a, n)) return null;
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  solveFactored(a, n, inverse, n);
  return inverse;
}
