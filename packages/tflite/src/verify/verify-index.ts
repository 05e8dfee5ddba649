// Indices into the vectors of a model.

import { refusal } from "../location.js";

/**
 * @param lowest  -1 where an index may say that there is nothing
 * @throws EspalierError `INDEX_RANGE`
 */
export function verifyIndex(
  index: number,
  count: number,
  what: string,
  where: string,
  lowest: 0 | -1 = 0,
): void {
  if (Number.isInteger(index) && index >= lowest && index < count) return;
  const expected = count === 0 ? `no index, there is no ${what}` : `${lowest} to ${count - 1}`;
  throw refusal("INDEX_RANGE", `An index points to no ${what}`, where, expected, String(index));
}

/** All of a list. */
export function verifyIndices(
  indices: readonly number[],
  count: number,
  what: string,
  where: string,
  lowest: 0 | -1 = 0,
): void {
  for (const [i, index] of indices.entries())
    if (!(index >= lowest && index < count)) verifyIndex(index, count, what, `${where}[${i}]`, lowest);
}
