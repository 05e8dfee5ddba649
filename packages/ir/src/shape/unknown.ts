// What is not known is a symbol of its own, named after the value it belongs to, so that equal things stay
// equal. Two kinds: unknown sizes, which are at least never negative, and unknown elements of a tensor,
// which may be anything (a Reshape target may hold -1).

import { type Dim, isStatic, symbol } from "../dim.js";
import type { Value } from "../graph/value.js";

const SIZE = "?";
const ELEMENT = "~";

/** Size of axis `axis` of `value`, when nothing is known about it. */
export function unknownDim(value: Value, axis: number): Dim {
  return symbol(`${SIZE}${value.name}.${axis}`);
}

/** A shape of which only the rank is known. */
export function unknownShape(value: Value, rank: number): Dim[] {
  return Array.from({ length: rank }, (_, axis) => unknownDim(value, axis));
}

/** Element `index` of `value`, when nothing is known about it. */
export function unknownElement(value: Value, index: number): Dim {
  return symbol(`${ELEMENT}${value.name}[${index}]`);
}

/** True when the dimension hangs on something that inference could not find out. */
export function isUnknown(dim: Dim): boolean {
  return !isStatic(dim) && dim.symbols.some((name) => name.includes(SIZE) || name.includes(ELEMENT));
}

/** True when the element might be negative: it does not come from sizes. */
export function isArbitrary(dim: Dim): boolean {
  return !isStatic(dim) && dim.symbols.some((name) => name.includes(ELEMENT));
}

/** True when it cannot be below 0: a size, and not the outcome of a subtraction. */
export function isNeverNegative(dim: Dim): boolean {
  if (isStatic(dim)) return dim >= 0;
  return dim.coefficient > 0 && dim.symbols.every((name) => !/[~-]|sub\(/.test(name));
}

/** A short symbol in place of a long expression `text`, of the same kinds. */
export function shortened(text: string, index: number): Dim {
  const kinds = [SIZE, ELEMENT, "-"].filter((kind) => text.includes(kind));
  if (text.includes("sub(")) kinds.push("-");
  return symbol(`#${index}${kinds.join("")}`);
}
