// Elements of small tensors, row-major, as inference carries them through shape arithmetic. Larger tensors
// have no contents: their elements do not decide shapes, and hostile files must not make us compute them.

import { type Dim, isStatic } from "../dim.js";
import type { Value } from "../graph/value.js";
import type { Facts } from "./facts.js";
import { unknownElement } from "./unknown.js";

/** Most elements that a value's contents may have. */
export const CONTENTS_LIMIT = 1024;

/** Number of elements of a shape whose contents are worth having; null for symbolic or large shapes. */
export function contentsSize(shape: readonly Dim[] | null): number | null {
  if (shape === null) return null;
  let size = 1;
  for (const dim of shape) {
    if (!isStatic(dim) || !Number.isInteger(dim) || dim < 0 || dim > CONTENTS_LIMIT) return null;
    size *= dim;
    if (size > CONTENTS_LIMIT) return null;
  }
  return size;
}

/** Contents of a value; where none are known but the shape is small, a symbol for each element. */
export function elementsOf(facts: Facts, value: Value): readonly Dim[] | null {
  const known = facts.contents(value);
  if (known !== null) return known;
  const size = contentsSize(facts.shape(value));
  return size === null ? null : Array.from({ length: size }, (_, i) => unknownElement(value, i));
}

/** Contents that are all numbers; null when any is symbolic or nothing is known. */
export function numbersOf(facts: Facts, value: Value | null): number[] | null {
  const contents = value === null ? null : facts.contents(value);
  return contents?.every(isStatic) === true ? [...contents] : null;
}

/** The one element of a scalar or of a vector of length 1. */
export function scalarOf(facts: Facts, value: Value | null): Dim | null {
  const contents = value === null ? null : facts.contents(value);
  return contents?.length === 1 ? (contents[0] as Dim) : null;
}

/** Row-major strides. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--)
    strides[i] = (strides[i + 1] as number) * (dims[i + 1] as number);
  return strides;
}

/** Reads `contents` at offset + Σ index·stride for every index of `dims`. */
export function strided(
  contents: readonly Dim[],
  dims: readonly number[],
  strides: readonly number[],
  offset = 0,
): Dim[] {
  let positions = [offset];
  dims.forEach((size, axis) => {
    const next: number[] = [];
    for (const start of positions) {
      for (let i = 0; i < size; i++) next.push(start + i * (strides[axis] as number));
    }
    positions = next;
  });
  return positions.map((at) => contents[at] ?? 0);
}

/** Contents of a value repeated to a larger shape, as broadcasting does. */
export function broadcastContents(
  contents: readonly Dim[],
  from: readonly number[],
  to: readonly number[],
): Dim[] {
  const own = stridesOf(from);
  const lead = to.length - from.length;
  const strides = to.map((_, axis) =>
    axis < lead || from[axis - lead] === 1 ? 0 : (own[axis - lead] as number),
  );
  return strided(contents, to, strides);
}
