// Numbers that go into a field must fit it: a builder would cut them to size without a word.

import type { Location } from "../location.js";
import type { ScalarKind } from "../schema/field.js";

type Range = readonly [lowest: number, highest: number];

const INT: Range = [-(2 ** 31), 2 ** 31 - 1];
const UINT: Range = [0, 2 ** 32 - 1];
const RANGES: Readonly<Partial<Record<ScalarKind, Range>>> = {
  byte: [-128, 127],
  int: INT,
  subgraph: INT,
  uint: UINT,
  "subgraph:uint": UINT,
};

/** @throws EspalierError `MALFORMED`, `NONFINITE` */
export function requireScalar(
  kind: ScalarKind,
  value: unknown,
  location: Location,
): number | bigint | boolean {
  if (kind === "bool") {
    if (typeof value === "boolean") return value;
    throw location.error("MALFORMED", "A field holds another type", "true or false", String(value));
  }
  if (kind === "long") {
    if (typeof value === "bigint" && value === BigInt.asIntN(64, value)) return value;
    throw location.error("MALFORMED", "A number does not fit", "a bigint of 64 bits", String(value));
  }
  if (kind === "float") {
    if (typeof value === "number" && Number.isFinite(Math.fround(value))) return value;
    throw location.error("NONFINITE", "An option is not finite", "a finite float32", String(value));
  }
  return requireWhole(value, RANGES[kind] as Range, location);
}

/** An element of a vector of int32. */
export function requireInt32(value: unknown, location: Location): number {
  return requireWhole(value, INT, location);
}

function requireWhole(value: unknown, [lowest, highest]: Range, location: Location): number {
  if (Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest)
    // -0 is 0 in a file.
    return (value as number) + 0;
  throw location.error("MALFORMED", "A number does not fit", `${lowest} to ${highest}`, String(value));
}
