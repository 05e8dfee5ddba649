// A constant of which only the entries that are not zero are stored: all axes but the last are dense, the last one lists
// its places, as compressed sparse rows do. The form that DENSIFY widens when a runtime loads the file.

import { type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import type { DimensionMetadata, SparseIndexVector } from "../model.js";

/**
 * `[2, 1, 1, 3]` with elements 0 5 0 · 7 0 9 → elements 5 7 9, segments 0 1 3, indices 1 · 0 2.
 *
 * One entry is stored even where all are zero: runtimes take a tensor without bytes for one that is computed.
 *
 * @param tensor  a float32 constant of at least one axis
 * @returns a tensor of the same shape and name whose constant has the stored elements alone
 */
export function compressRows(tensor: GraphTensor): GraphTensor {
  const { shape, constant, name } = tensor;
  if (!(constant instanceof Float32Array) || shape.length === 0)
    throw new Error(`tensor ${name} has no rows of floats`);
  const columns = shape[shape.length - 1] as number;
  const places: number[] = [];
  const ends = [0];
  for (let start = 0; start < constant.length; start += columns) {
    for (let column = 0; column < columns; column++) if (constant[start + column] !== 0) places.push(column);
    ends.push(places.length);
  }
  if (places.length === 0 && constant.length > 0) {
    places.push(0);
    ends.fill(1, 1);
  }
  const stored = new Float32Array(places.length);
  for (let row = 0; row + 1 < ends.length; row++)
    for (let at = ends[row] as number; at < (ends[row + 1] as number); at++)
      stored[at] = constant[row * columns + (places[at] as number)] as number;
  const sparse = graphTensor("FLOAT32", shape, stored, name);
  const dense = (size: number): DimensionMetadata => ({
    ...{ format: "DENSE", denseSize: size, arraySegments: null, arrayIndices: null },
  });
  sparse.sparsity = {
    traversalOrder: shape.map((_, axis) => axis),
    blockMap: [],
    dimMetadata: [
      ...shape.slice(0, -1).map(dense),
      {
        format: "SPARSE_CSR",
        denseSize: 0,
        arraySegments: smallestVector(ends),
        arrayIndices: smallestVector(places),
      },
    ],
  };
  return sparse;
}

/** Bytes of elements, segments and indices. */
export function storedBytes({ constant, sparsity }: GraphTensor): number {
  const vectors = (sparsity?.dimMetadata ?? []).flatMap(({ arraySegments, arrayIndices }) => [
    arraySegments?.values.byteLength ?? 0,
    arrayIndices?.values.byteLength ?? 0,
  ]);
  return vectors.reduce((sum, bytes) => sum + bytes, constant?.byteLength ?? 0);
}

function smallestVector(values: readonly number[]): SparseIndexVector {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  if (largest <= 0xff) return { type: "Uint8Vector", values: Uint8Array.from(values) };
  if (largest <= 0xffff) return { type: "Uint16Vector", values: Uint16Array.from(values) };
  return { type: "Int32Vector", values: Int32Array.from(values) };
}
