// The axis of a weight along which the blocks of an N:M pattern lie. For every other coordinate the weights along it
// are a row: a filter and tap of a convolution, a neuron of a matrix product.

import { EspalierError } from "@espalier/ir";
import { checkPattern, type NmPattern, patternText } from "./pattern.js";

/** Dimensions of a weight, and its axis that an output is summed along: 1 of Conv's [O, I/g, kH, kW]. */
export interface PatternAxis {
  readonly dims: readonly number[];
  readonly axis: number;
}

/**
 * Why the pattern cannot lie along the axis; null where it can. TensorRT takes a layer as sparse only as a whole, so
 * an axis that ends within a block does not fit at all, not even its full blocks.
 */
export function patternMisfit({ dims, axis }: PatternAxis, pattern: NmPattern): string | null {
  const length = dims[axis];
  if (length === undefined) return `no axis ${axis} in [${dims.join(", ")}]`;
  if (length % pattern.block === 0) return null;
  return `${length} weights along axis ${axis} of [${dims.join(", ")}]`;
}

/**
 * Calls `visit(start, stride)` for every block: its weights are start, start + stride, … of the row-major weight.
 *
 * @param size length of the weight
 * @throws EspalierError `INVALID_OPTION`, `TENSOR_SIZE`, `PATTERN_UNFIT`
 */
export function forEachBlock(
  size: number,
  where: PatternAxis,
  pattern: NmPattern,
  visit: (start: number, stride: number) => void,
): void {
  checkPattern(pattern);
  checkSize(size, where);
  const misfit = patternMisfit(where, pattern);
  if (misfit !== null) {
    throw new EspalierError("PATTERN_UNFIT", `A ${patternText(pattern)} pattern does not fit`, {
      expected: `an axis of a multiple of ${pattern.block} weights`,
      found: misfit,
      unblock: "Leave this weight dense.",
    });
  }
  const { length, inner } = extents(where);
  for (let outer = 0; outer < size; outer += length * inner)
    for (let block = outer; block < outer + length * inner; block += pattern.block * inner)
      for (let start = block; start < block + inner; start++) visit(start, inner);
}

/**
 * The weight as a matrix with the axis last, [rows, length]: Conv's [O, I, kH, kW] → [O·kH·kW, I]. Bits are kept.
 *
 * @throws EspalierError `TENSOR_SIZE`, `PATTERN_UNFIT` where there is no such axis
 */
export function axisLast(values: Float32Array, where: PatternAxis): Float32Array {
  return moved(values, where, (stored, plain) => [stored, plain]);
}

/** Undoes {@link axisLast}. */
export function axisBack(rows: Float32Array, where: PatternAxis): Float32Array {
  return moved(rows, where, (stored, plain) => [plain, stored]);
}

function moved(
  values: Float32Array,
  where: PatternAxis,
  fromTo: (stored: number, plain: number) => readonly [number, number],
): Float32Array {
  checkSize(values.length, where);
  if (where.dims[where.axis] === undefined) {
    throw new EspalierError("PATTERN_UNFIT", "There is no such axis", {
      expected: `an axis below ${where.dims.length}`,
      found: String(where.axis),
    });
  }
  const { length, inner } = extents(where);
  const out = new Float32Array(values.length);
  // As integers: numbers would lose what a NaN carries.
  const from = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const to = new Uint32Array(out.buffer);
  for (let i = 0; i < values.length; i++) {
    const [outer, along, within] = [
      Math.floor(i / (length * inner)),
      Math.floor(i / inner) % length,
      i % inner,
    ];
    const [source, target] = fromTo(i, (outer * inner + within) * length + along);
    to[target] = from[source] as number;
  }
  return out;
}

function extents({ dims, axis }: PatternAxis): { readonly length: number; readonly inner: number } {
  return {
    length: dims[axis] as number,
    inner: dims.slice(axis + 1).reduce((product, dim) => product * dim, 1),
  };
}

function checkSize(size: number, { dims }: PatternAxis): void {
  const expected = dims.reduce((product, dim) => product * dim, 1);
  if (size === expected) return;
  throw new EspalierError("TENSOR_SIZE", "A weight does not have the length of its dimensions", {
    expected: `${expected} for [${dims.join(", ")}]`,
    found: String(size),
  });
}
