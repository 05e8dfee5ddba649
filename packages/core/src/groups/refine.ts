// Making layouts equal, and cutting them. The two ways in which handlers tie axes together.

import { type Dim, divideDims, equalDims, isStatic } from "@espalier/ir";
import { Factor, freeze, type Layout, product, resolve, sizeOf, sum } from "./layout.js";
import type { Refusal } from "./refusal.js";

/**
 * Demands that two axes lose the same positions. Factors are merged; where one side is finer, the other is
 * refined to match. Where there is no common refinement, what does not match is frozen with `reason`.
 */
export function unify(a: Layout, b: Layout, reason: Refusal): void {
  const [left, right] = [resolve(a), resolve(b)];
  if (left === right) return;
  if (!equalDims(sizeOf(left), sizeOf(right))) {
    const code =
      isStatic(sizeOf(left)) && isStatic(sizeOf(right)) ? "RESHAPE_NOT_FACTORABLE" : "SYMBOLIC_DIMENSION";
    freeze(left, { ...reason, code });
    freeze(right, { ...reason, code });
  } else if (immovable(left) !== null) freeze(right, immovable(left) ?? reason);
  else if (immovable(right) !== null) freeze(left, immovable(right) ?? reason);
  else if (left.kind === "factor") become(left, right, reason);
  else if (right.kind === "factor") become(right, left, reason);
  else if (left.kind === "product" && right.kind === "product")
    unifyProducts(left.parts, right.parts, reason);
  else unifySums(partsOfSum(left), partsOfSum(right), reason);
}

/** Demands that two lists of axes hold the same elements in the same row-major order (Reshape). */
export function unifyRowMajor(a: readonly Layout[], b: readonly Layout[], reason: Refusal): void {
  unifyProducts(a, b, reason);
}

/**
 * Cuts an axis at position `at`: [0, at) and [at, size). Refines the factors involved.
 * @returns null when the cut does not fall between whole units
 */
export function cut(layout: Layout, at: number): readonly [Layout, Layout] | null {
  const resolved = resolve(layout);
  const size = sizeOf(resolved);
  if (!isStatic(size) || at < 0 || at > size) return null;
  if (at === 0) return [EMPTY, resolved];
  if (at === size) return [resolved, EMPTY];
  if (resolved.kind === "factor") {
    const parts = [part(resolved, at), part(resolved, size - at)] as const;
    resolved.forward = sum(parts);
    return parts;
  }
  return resolved.kind === "sum" ? cutSum(resolved.parts, at) : cutProduct(resolved.parts, at);
}

/**
 * Cuts an axis into single positions, refining its factors accordingly.
 * @returns null when some position is not a unit of its own
 */
export function explode(layout: Layout): readonly Layout[] | null {
  const pieces: Layout[] = [];
  let rest = resolve(layout);
  const size = sizeOf(rest);
  if (!isStatic(size)) return null;
  if (rest.kind === "factor") {
    const factor = rest;
    const units = Array.from({ length: size }, () => part(factor, 1));
    factor.forward = sum(units);
    return units;
  }
  for (let i = 0; i < size; i++) {
    const cutting = cut(rest, 1);
    if (cutting === null) return null;
    pieces.push(cutting[0]);
    rest = cutting[1];
  }
  return pieces;
}

const EMPTY: Layout = { kind: "sum", parts: [] };

/** Why an axis of size 1 stays, null for others. All models share one such factor: it never turns into another. */
function immovable(layout: Layout): Refusal | null {
  return layout.kind === "factor" && layout.size === 1 ? layout.frozen : null;
}

/** `factor` turns out to be `other`, and hands on what is known of it. */
function become(factor: Factor, other: Layout, reason: Refusal): void {
  if (other.kind !== "factor" && [...leaves(other)].includes(factor)) {
    // f = f × 1 holds as it is, as long as the 1 stays.
    freeze(other, reason);
    return;
  }
  if (factor.frozen !== null) freeze(other, factor.frozen);
  for (const target of leaves(other)) {
    target.inexact ??= factor.inexact;
    target.ordered ??= factor.ordered;
    target.counts ??= factor.counts;
  }
  factor.forward = other;
}

function* leaves(layout: Layout): Generator<Factor> {
  if (layout.kind === "factor") yield layout;
  else for (const inner of layout.parts) yield* leaves(inner);
}

/** A new factor that takes over `size` indices of `whole`. */
function part(whole: Factor, size: Dim): Factor {
  const piece = new Factor(size, whole.frozen);
  piece.inexact = whole.inexact;
  piece.ordered = whole.ordered;
  piece.counts = whole.counts;
  return piece;
}

function partsOfSum(layout: Layout): readonly Layout[] {
  return layout.kind === "sum" ? layout.parts : [layout];
}

function unifySums(left: readonly Layout[], right: readonly Layout[], reason: Refusal): void {
  const [a, b] = [[...left], [...right]];
  while (a.length > 0 && b.length > 0) {
    const [sizeA, sizeB] = [sizeOf(a[0] as Layout), sizeOf(b[0] as Layout)];
    if (equalDims(sizeA, sizeB)) {
      unify(a.shift() as Layout, b.shift() as Layout, reason);
      continue;
    }
    if (!isStatic(sizeA) || !isStatic(sizeB)) break;
    const [longer, size] = sizeA > sizeB ? [a, sizeB] : [b, sizeA];
    const cutting = cut(longer[0] as Layout, size);
    if (cutting === null) break;
    longer.splice(0, 1, ...cutting.flatMap((piece) => partsOfSum(resolve(piece))));
  }
  for (const rest of [...a, ...b]) freeze(rest, reason);
}

/** Matches factors from both ends, splitting where one side is finer; what is left in the middle is frozen. */
function unifyProducts(left: readonly Layout[], right: readonly Layout[], reason: Refusal): void {
  let [a, b] = [flat(left), flat(right)];
  // A factor may stand in several places, so what is left is looked at anew after each step.
  for (; a.length > 0 && b.length > 0; [a, b] = [flat(a), flat(b)]) {
    if (equalDims(sizeOf(a[0] as Layout), sizeOf(b[0] as Layout))) {
      unify(a.shift() as Layout, b.shift() as Layout, reason);
    } else if (equalDims(sizeOf(a.at(-1) as Layout), sizeOf(b.at(-1) as Layout))) {
      unify(a.pop() as Layout, b.pop() as Layout, reason);
    } else if (!ENDS.some((end) => splitEnd(a, b, end, reason) || splitEnd(b, a, end, reason))) {
      break;
    }
  }
  for (const rest of [...a, ...b]) freeze(rest, reason);
}

const ENDS = [0, -1] as const;

/** The factors of a list of axes, immovable ones left out. */
function flat(axes: readonly Layout[]): Layout[] {
  return axes
    .map(resolve)
    .flatMap((axis) => (axis.kind === "product" ? axis.parts : [axis]))
    .filter((axis) => immovable(axis) === null);
}

/** Splits the end factor of `coarse` so that its outer part has the size of the end of `fine`. */
function splitEnd(coarse: Layout[], fine: readonly Layout[], end: 0 | -1, reason: Refusal): boolean {
  const whole = coarse.at(end) as Layout;
  const outer = sizeOf(fine.at(end) as Layout);
  if (outer === 1) {
    // Its one position is all of the axis, so it stays; then it no longer counts.
    freeze(fine.at(end) as Layout, reason);
    return true;
  }
  if (whole.kind !== "factor") return false;
  const inner = divideDims(whole.size, outer);
  if (inner === null || equalDims(inner, 1)) return false;
  const pieces = (end === 0 ? [outer, inner] : [inner, outer]).map((size) => part(whole, size));
  whole.forward = { kind: "product", parts: pieces };
  coarse.splice(end === 0 ? 0 : coarse.length - 1, 1, ...pieces);
  return true;
}

function cutSum(parts: readonly Layout[], at: number): readonly [Layout, Layout] | null {
  let start = 0;
  for (const [i, piece] of parts.entries()) {
    const size = sizeOf(piece);
    if (!isStatic(size)) return null;
    if (at < start + size) {
      const cutting = cut(piece, at - start);
      if (cutting === null) return null;
      return [sum([...parts.slice(0, i), cutting[0]]), sum([cutting[1], ...parts.slice(i + 1)])];
    }
    start += size;
  }
  return null;
}

function cutProduct(parts: readonly Layout[], at: number): readonly [Layout, Layout] | null {
  const [first, ...rest] = parts as [Layout, ...Layout[]];
  const stride = sizeOf(product(rest));
  if (!isStatic(stride) || at % stride !== 0) return null;
  const cutting = cut(first, at / stride);
  if (cutting === null) return null;
  return [product([cutting[0], ...rest]), product([cutting[1], ...rest])];
}
