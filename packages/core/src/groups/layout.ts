// The layout of an axis: how its positions are made of factors.
//
//   layout = factor            n positions, one per index
//          | sum(l1, l2, …)    concatenation (Concat, Split, Pad)
//          | product(l1, l2 …) row-major product (Reshape, heads, groups)
//
// A position is the tuple of the factor indices it is made of, and is removed if and only if at least one
// of them is removed. Factors are shared by reference between all axes that must agree, so refining a
// factor (into a sum or a product) refines it everywhere at once: no fixpoint iteration is needed.
// This generalises the index mappings of DepGraph (Fang et al. 2023, arXiv:2301.12900) from position lists
// to an algebra; a plain union of positions would merge all of [H·D] into one class at the first reshape.

import { addDims, type Dim, isStatic, multiplyDims } from "@espalier/ir";
import type { Refusal } from "./refusal.js";

export type Layout = Factor | Sum | Product;

export interface Sum {
  readonly kind: "sum";
  readonly parts: readonly Layout[];
}

export interface Product {
  readonly kind: "product";
  readonly parts: readonly Layout[];
}

/** What a factor counts; the first handler that knows says it. */
export type FactorKind = "channel" | "neuron" | "head" | "head-dim" | "group" | "hidden";

/** A leaf: independent indices 0 … size − 1. Mutable only through `unify`, `cut` and `freeze`. */
export class Factor {
  readonly kind = "factor" as const;
  readonly size: Dim;
  /** Set when no index may be removed. */
  frozen: Refusal | null;
  /** Set when removal changes what an operator does to the others (means, normalisations). */
  inexact: Refusal | null = null;
  /** Set when an operator reads neighbours along the axis, so that its indices cannot change places. */
  ordered: Refusal | null = null;
  counts: FactorKind | null = null;
  /** What this factor turned out to be: another factor, or finer ones. */
  forward: Layout | null = null;

  constructor(size: Dim, frozen: Refusal | null = null) {
    this.size = size;
    this.frozen = frozen;
  }
}

/** Number of positions. */
export function sizeOf(layout: Layout): Dim {
  if (layout.kind === "factor") return layout.size;
  const combine = layout.kind === "sum" ? addDims : multiplyDims;
  return layout.parts.map(sizeOf).reduce(combine, layout.kind === "sum" ? 0 : 1);
}

/** A layout in normal form, following what its factors turned out to be. */
export function resolve(layout: Layout): Layout {
  if (layout.kind === "factor") {
    if (layout.forward === null) return layout;
    const target = resolve(layout.forward);
    layout.forward = target;
    return target;
  }
  return layout.kind === "sum" ? sum(layout.parts) : product(layout.parts);
}

/** Concatenation in normal form: nested sums flat, empty parts gone. */
export function sum(parts: readonly Layout[]): Layout {
  const flat = parts
    .map(resolve)
    .flatMap((part) => (part.kind === "sum" ? part.parts : [part]))
    .filter((part) => sizeOf(part) !== 0);
  return flat.length === 1 ? (flat[0] as Layout) : { kind: "sum", parts: flat };
}

/**
 * Row-major product in normal form: nested products flat, immovable factors of size 1 gone, and a leading
 * sum distributed, (a + b) × c = a × c + b × c, so that a sum is always outermost where it can be.
 */
export function product(parts: readonly Layout[]): Layout {
  const flat = parts
    .map(resolve)
    .flatMap((part) => (part.kind === "product" ? part.parts : [part]))
    .filter((part) => !(part.kind === "factor" && part.size === 1 && part.frozen !== null));
  const [first, ...rest] = flat;
  if (first === undefined) return UNIT;
  if (rest.length === 0) return first;
  if (first.kind === "sum") return sum(first.parts.map((part) => product([part, ...rest])));
  return { kind: "product", parts: flat };
}

/** All factors of a layout, left to right, with repetitions. */
export function* factorsOf(layout: Layout): Generator<Factor> {
  const resolved = resolve(layout);
  if (resolved.kind === "factor") yield resolved;
  else for (const part of resolved.parts) yield* factorsOf(part);
}

/** The immovable axis of size 1. */
const UNIT: Factor = new Factor(1, { code: "SPATIAL", node: null, opType: null, detail: null });

/** An axis of size 1, to which nothing can happen. */
export function unit(): Layout {
  return UNIT;
}

/** Forbids removal of every index. The first reason stays. */
export function freeze(layout: Layout, reason: Refusal): void {
  for (const factor of factorsOf(layout)) factor.frozen ??= reason;
}

/** Marks removal as inexact. The first reason stays. */
export function markInexact(layout: Layout, reason: Refusal): void {
  for (const factor of factorsOf(layout)) factor.inexact ??= reason;
}

/** Marks the order of indices as part of what is computed. The first reason stays. */
export function markOrdered(layout: Layout, reason: Refusal): void {
  for (const factor of factorsOf(layout)) factor.ordered ??= reason;
}

/** Says what the factors of a layout count, unless something said so before. */
export function label(layout: Layout, kind: FactorKind): void {
  for (const factor of factorsOf(layout)) factor.counts ??= kind;
}

/** True when some index of the layout may be removed. */
export function isLive(layout: Layout): boolean {
  for (const factor of factorsOf(layout)) if (factor.frozen === null && isStatic(factor.size)) return true;
  return false;
}
