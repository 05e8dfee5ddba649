// Linear maps along one axis of a tensor, by a matrix that is known when the graph is written: what windows, interpolation
// and mirrored padding are, axis by axis.

import type { Value } from "@espalier/ir";
import type { Arithmetic } from "./arithmetic.js";
import { elementCount } from "./element-count.js";

/** y_o = Σ_i rows[o][i]·x_i, for each position along the other axes. */
export type LinearMap = readonly (readonly number[])[];

/** x of shape `from` under the transpose of `map` along `axis`: its gradient, given that of its results. */
export function transposedAlong(
  make: Arithmetic,
  x: Value,
  from: readonly number[],
  axis: number,
  map: LinearMap,
): { value: Value; shape: readonly number[] } {
  const results = map.length;
  const sources = map[0]?.length ?? 0;
  const shape = from.map((size, i) => (i === axis ? sources : size));
  const before = elementCount(from.slice(0, axis));
  const behind = elementCount(from.slice(axis + 1));
  const copies = copiesOfEach(map);
  if (copies !== null) {
    const apart = make.reshape(x, [before, sources, copies, behind]);
    return { value: make.reshape(make.sum(apart, [2]), shape), shape };
  }
  if (behind === 1) {
    const matrix = make.floats([results, sources], map.flat());
    return { value: make.reshape(make.matMul(make.reshape(x, [before, results]), matrix), shape), shape };
  }
  const columns = Array.from({ length: sources }, (_, i) => map.map((row) => row[i] as number));
  const matrix = make.floats([sources, results], columns.flat());
  const flat = make.reshape(x, [before, results, behind]);
  return { value: make.reshape(make.matMul(matrix, flat), shape), shape };
}

/** Whether the map leaves everything as it is. */
export function isIdentity(map: LinearMap): boolean {
  return map.every(
    (row, o) => row.length === map.length && row.every((share, i) => share === Number(i === o)),
  );
}

/** How often each element comes, one after the other, where that is all there is to the map; null otherwise. */
function copiesOfEach(map: LinearMap): number | null {
  const copies = map.length / (map[0]?.length ?? 0);
  const isCopy = (row: readonly number[], o: number): boolean =>
    row.every((share, i) => share === Number(i === Math.floor(o / copies)));
  return Number.isInteger(copies) && map.every(isCopy) ? copies : null;
}
