// Arithmetic on sizes that come from a file. Overflow is an error, never a wrapped number.

import { EspalierError } from "./errors.js";

/** a · b for non-negative integers; `OVERFLOW` past 2^53 - 1. */
export function checkedMultiply(a: number, b: number, where: string): number {
  if (a !== 0 && b > Number.MAX_SAFE_INTEGER / a) throw overflow(`${a} · ${b}`, where);
  return a * b;
}

/** a + b for non-negative integers; `OVERFLOW` past 2^53 - 1. */
export function checkedAdd(a: number, b: number, where: string): number {
  if (a > Number.MAX_SAFE_INTEGER - b) throw overflow(`${a} + ${b}`, where);
  return a + b;
}

/** Product of dimensions; 1 for none. Every partial product is checked, also when a later one is 0. */
export function checkedProduct(dims: readonly number[], where: string): number {
  return dims.reduce((product, dim) => checkedMultiply(product, dim, where), 1);
}

/** A bigint from the file as a number; `OVERFLOW` when it is not a safe integer. */
export function checkedNumber(value: bigint, where: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw overflow(String(value), where);
  return number;
}

function overflow(found: string, where: string): EspalierError {
  return new EspalierError("OVERFLOW", "A size does not fit", { where, expected: "at most 2^53 - 1", found });
}
