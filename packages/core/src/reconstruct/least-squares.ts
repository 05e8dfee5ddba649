// The weights of a contraction, solved anew from Gram sums.

import { EspalierError } from "@espalier/ir";
import type { GramSums } from "../calibration/gram.js";
import type { ResidualSums } from "../calibration/residual.js";
import { factorise, solveFactored } from "./cholesky.js";

export interface Affine {
  /** [blocks, columns, outputs]. */
  readonly matrix: Float64Array;
  /** [blocks, outputs]. */
  readonly bias: Float64Array;
}

export interface LeastSquares extends Affine {
  /** Σ ‖t − x·W − bias‖² over all rows, before and after. */
  readonly before: number;
  readonly after: number;
  /** Σ ‖t − mean t‖²: what the errors are relative to. */
  readonly energy: number;
}

/**
 * Ridge regression with an intercept, drawn towards the weights there are:
 *
 *   min over ΔW, b of  Σ ‖t − x·(W + ΔW) − b‖² + λ‖ΔW‖²,   λ = ridge · mean diagonal of the centred Gram
 *   (G + λI)·ΔW = C − G·W,   b = mean t − mean x·(W + ΔW)
 *
 * with G and C the centred sums of x xᵀ and x tᵀ. Because ΔW = 0 is allowed, the error never rises; because of λ,
 * columns that the data does not tell apart keep their old weights. Solved per block in float64 by Cholesky.
 * Source: He et al. 2017, "Channel Pruning for Accelerating Very Deep Neural Networks", arXiv:1707.06168, eq. 1
 * with the selection fixed; the ridge towards the old weights is ours.
 *
 * @throws EspalierError `NONFINITE` when the sums are not finite
 */
export function solveLeastSquares(sums: GramSums, old: Affine, ridge: number): LeastSquares {
  const { blocks, columns: n, outputs: m } = sums;
  const matrix = Float64Array.from(old.matrix);
  const bias = new Float64Array(blocks * m);
  let [before, after, energy] = [0, 0, 0];
  for (let block = 0; block < blocks; block++) {
    const centred = finite(centre(sums, block));
    const weights = matrix.subarray(block * n * m, (block + 1) * n * m);
    energy += centred.tt;
    before +=
      squaredError(centred, weights) +
      offsetError(centred, weights, old.bias.subarray(block * m, (block + 1) * m));
    const step = residualCross(centred, weights);
    const damped = Float64Array.from(centred.gram);
    const lambda = dampen(damped, n, ridge);
    if (lambda > 0 && factorise(damped, n)) {
      solveFactored(damped, n, step, m);
      for (let i = 0; i < step.length; i++) weights[i] = (weights[i] as number) + (step[i] as number);
    }
    bias.set(intercept(centred, weights), block * m);
    after += squaredError(centred, weights);
  }
  return { matrix, bias, before, after, energy };
}

/**
 * Old weights with the bias that makes the mean error of every output zero: b + mean (t − x·W − b). Source: Nagel et
 * al. 2019, "Data-Free Quantization Through Weight Equalization and Bias Correction", arXiv:1906.04721, §4.2.
 *
 * @throws EspalierError `NONFINITE` when the sums are not finite
 */
export function correctBias({ rows, r, rr, t, tt }: ResidualSums, old: Affine): LeastSquares {
  const total = (sums: Float64Array): number => sums.reduce((sum, one) => sum + one, 0);
  const around = (squares: Float64Array, sums: Float64Array): number =>
    squares.reduce((sum, square, j) => sum + Math.max(0, square - (sums[j] as number) ** 2 / rows), 0);
  if (![rr, tt].every((squares) => Number.isFinite(total(squares)))) throw nonfinite();
  return {
    matrix: old.matrix,
    bias: old.bias.map((b, j) => b + (r[j] as number) / rows),
    before: total(rr),
    after: around(rr, r),
    energy: around(tt, t),
  };
}

interface Centred {
  readonly n: number;
  readonly m: number;
  readonly rows: number;
  readonly gram: Float64Array;
  readonly cross: Float64Array;
  readonly tt: number;
  readonly meanX: Float64Array;
  readonly meanT: Float64Array;
}

/** One block with the means taken out: Σ (x − x̄)(x − x̄)ᵀ = Σ x xᵀ − rows·x̄ x̄ᵀ, and so on. */
export function centre(sums: GramSums, block: number): Centred {
  const { columns: n, outputs: m, rows } = sums;
  const part = (all: Float64Array | null, size: number): Float64Array =>
    all === null ? new Float64Array(size) : all.slice(block * size, (block + 1) * size);
  const gram = part(sums.xx, n * n);
  const meanX = part(sums.x, n).map((sum) => sum / rows);
  const cross = part(sums.xt, n * m);
  const meanT = part(sums.t, m).map((sum) => sum / rows);
  for (let i = 0; i < n; i++) {
    const scaled = rows * (meanX[i] as number);
    for (let j = 0; j < n; j++) gram[i * n + j] = (gram[i * n + j] as number) - scaled * (meanX[j] as number);
    for (let j = 0; j < m; j++)
      cross[i * m + j] = (cross[i * m + j] as number) - scaled * (meanT[j] as number);
  }
  const tt = part(sums.tt, m).reduce((sum, square, j) => sum + square - rows * (meanT[j] as number) ** 2, 0);
  return { n, m, rows, gram, cross, tt: Math.max(0, tt), meanX, meanT };
}

function finite(centred: Centred): Centred {
  if (Number.isFinite(centred.tt) && centred.gram.every(Number.isFinite)) return centred;
  throw nonfinite();
}

function nonfinite(): EspalierError {
  return new EspalierError("NONFINITE", "What the calibration inputs lead to is not finite");
}

/** Adds ridge · mean diagonal to the diagonal; gives what was added, 0 for an empty or zero matrix. */
export function dampen(gram: Float64Array, n: number, ridge: number): number {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += gram[i * n + i] as number;
  const lambda = (ridge * trace) / n;
  if (!(lambda > 0)) return 0;
  for (let i = 0; i < n; i++) gram[i * n + i] = (gram[i * n + i] as number) + lambda;
  return lambda;
}

/** C − G·W. */
function residualCross({ n, m, gram, cross }: Centred, weights: Float64Array): Float64Array {
  const out = Float64Array.from(cross);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const g = gram[i * n + k] as number;
      if (g === 0) continue;
      for (let j = 0; j < m; j++)
        out[i * m + j] = (out[i * m + j] as number) - g * (weights[k * m + j] as number);
    }
  }
  return out;
}

/** tt − 2·tr(Wᵀ C) + tr(Wᵀ G W) = tt − tr(Wᵀ(C + R)), R = C − G·W. Never below zero. */
function squaredError(centred: Centred, weights: Float64Array): number {
  const rest = residualCross(centred, weights);
  let explained = 0;
  for (let i = 0; i < rest.length; i++)
    explained += (weights[i] as number) * ((centred.cross[i] as number) + (rest[i] as number));
  return Math.max(0, centred.tt - explained);
}

function intercept({ n, m, meanX, meanT }: Centred, weights: Float64Array): Float64Array {
  const bias = Float64Array.from(meanT);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++)
      bias[j] = (bias[j] as number) - (meanX[i] as number) * (weights[i * m + j] as number);
  }
  return bias;
}

function offsetError(centred: Centred, weights: Float64Array, bias: Float64Array): number {
  return intercept(centred, weights).reduce(
    (sum, wanted, j) => sum + centred.rows * (wanted - (bias[j] as number)) ** 2,
    0,
  );
}
