// In which order units go when the weights of those that stay are solved anew each time.
//
// Backward elimination in closed form. With P = (G + λI)⁻¹ and W the least-squares weights, removing the columns
// b of a unit and solving the others anew raises the error by
//
//   ε_b = tr(W_bᵀ · (P_bb)⁻¹ · W_b),   W ← W − P_:b (P_bb)⁻¹ W_b,   P ← P − P_:b (P_bb)⁻¹ P_b:
//
// so the unit with the smallest ε goes, and the matrices of the rest follow without a new factorisation.
// Source: Hassibi and Stork 1993 (Optimal Brain Surgeon) on the squared output error of one layer; for whole
// channels Frantar and Alistarh 2022 (OBC), arXiv:2208.11580; it is the exact form of what ThiNet (Luo et al.
// 2017, arXiv:1707.06342) greedily approximates.

import { invert } from "./cholesky.js";
import { dampen } from "./least-squares.js";

/** One consumer of the units: centred Gram of its columns, its weights, and which unit each column reads. */
export interface Consumer {
  readonly n: number;
  readonly m: number;
  readonly gram: Float64Array;
  readonly weights: Float64Array;
  /** Unit of each column, −1 for columns of other groups. */
  readonly unitOf: Int32Array;
}

export interface Elimination {
  /** Units in the order they go; the last one never does. */
  readonly order: readonly number[];
  /** Error after `i` units are gone, mean over consumers of error / output energy; `errors[0]` = 0. */
  readonly errors: readonly number[];
}

/** The order for `width` units that all consumers read. Errors of consumers are relative to their outputs' energy. */
export function eliminate(width: number, consumers: readonly Consumer[], ridge: number): Elimination {
  const states = consumers.map((consumer) => start(width, consumer, ridge)).filter((state) => state !== null);
  const left = new Set(Array.from({ length: width }, (_, unit) => unit));
  const order: number[] = [];
  const errors = [0];
  while (left.size > 1) {
    let [best, lowest] = [-1, Number.POSITIVE_INFINITY];
    for (const unit of left) {
      const rise = states.reduce((sum, state) => sum + riseOf(state, unit), 0) / states.length;
      if (rise < lowest) [best, lowest] = [unit, rise];
    }
    if (best < 0) break;
    for (const state of states) removeUnit(state, best);
    left.delete(best);
    order.push(best);
    errors.push((errors.at(-1) as number) + lowest);
  }
  return { order: [...order, ...left], errors };
}

interface State {
  readonly n: number;
  readonly m: number;
  readonly p: Float64Array;
  readonly w: Float64Array;
  readonly energy: number;
  readonly columnsOf: readonly (readonly number[])[];
}

function start(width: number, { n, m, gram, weights, unitOf }: Consumer, ridge: number): State | null {
  let energy = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const g = gram[i * n + k] as number;
      if (g === 0) continue;
      let dot = 0;
      for (let j = 0; j < m; j++) dot += (weights[i * m + j] as number) * (weights[k * m + j] as number);
      energy += g * dot;
    }
  }
  if (!(energy > 0)) return null;
  const damped = Float64Array.from(gram);
  dampen(damped, n, ridge);
  const p = invert(damped, n);
  if (p === null) return null;
  const columnsOf = Array.from({ length: width }, (): number[] => []);
  for (const [column, unit] of unitOf.entries()) columnsOf[unit]?.push(column);
  return { n, m, p, w: Float64Array.from(weights), energy, columnsOf };
}

/** ε of a unit, relative to the output energy. */
function riseOf(state: State, unit: number): number {
  const { m, w, energy } = state;
  const columns = state.columnsOf[unit] ?? [];
  if (columns.length === 0) return 0;
  const inverse = blockInverse(state, columns);
  if (inverse === null) return 0;
  let rise = 0;
  for (const [i, a] of columns.entries()) {
    for (const [k, b] of columns.entries()) {
      const factor = inverse[i * columns.length + k] as number;
      for (let j = 0; j < m; j++) rise += factor * (w[a * m + j] as number) * (w[b * m + j] as number);
    }
  }
  return Math.max(0, rise) / energy;
}

function blockInverse({ n, p }: State, columns: readonly number[]): Float64Array | null {
  const block = new Float64Array(columns.length ** 2);
  for (const [i, a] of columns.entries())
    for (const [k, b] of columns.entries()) block[i * columns.length + k] = p[a * n + b] as number;
  return invert(block, columns.length);
}

function removeUnit(state: State, unit: number): void {
  const { n, m, p, w } = state;
  const columns = state.columnsOf[unit] ?? [];
  const inverse = columns.length === 0 ? null : blockInverse(state, columns);
  if (inverse === null) return;
  const size = columns.length;
  const gainOf = new Float64Array(n * size); // P_:b (P_bb)⁻¹
  for (let i = 0; i < n; i++) {
    for (const [k, b] of columns.entries()) {
      const value = p[i * n + b] as number;
      if (value === 0) continue;
      for (let c = 0; c < size; c++)
        gainOf[i * size + c] = (gainOf[i * size + c] as number) + value * (inverse[k * size + c] as number);
    }
  }
  const rowsOfP = columns.map((b) => p.slice(b * n, (b + 1) * n));
  const rowsOfW = columns.map((b) => w.slice(b * m, (b + 1) * m));
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < size; c++) {
      const gain = gainOf[i * size + c] as number;
      if (gain === 0) continue;
      const [rowP, rowW] = [rowsOfP[c] as Float64Array, rowsOfW[c] as Float64Array];
      for (let j = 0; j < n; j++) p[i * n + j] = (p[i * n + j] as number) - gain * (rowP[j] as number);
      for (let j = 0; j < m; j++) w[i * m + j] = (w[i * m + j] as number) - gain * (rowW[j] as number);
    }
  }
  // What rounding leaves of the removed rows and columns would come back later.
  for (const b of columns) {
    p.fill(0, b * n, (b + 1) * n);
    w.fill(0, b * m, (b + 1) * m);
    for (let i = 0; i < n; i++) p[i * n + b] = 0;
  }
}
