// A dimension: a number, or a symbolic expression kept as a canonical monomial, coefficient times a
// sorted product of opaque symbols ("N", "floor((H+1)/2)"). Sums and quotients that do not divide become
// new opaque symbols named by their expression, so equal expressions stay equal. It deliberately is no
// computer algebra: dimensions only have to be compared, multiplied and divided.

import { EspalierError } from "./errors.js";

export interface SymbolicDim {
  readonly coefficient: number;
  /** Sorted; never empty. */
  readonly symbols: readonly string[];
}

/** Size of one axis. `null` is never used: what is unknown is an opaque symbol of its own. */
export type Dim = number | SymbolicDim;

/** The dimension named `symbol`. */
export function symbol(name: string): Dim {
  return { coefficient: 1, symbols: [name] };
}

export function isStatic(dim: Dim): dim is number {
  return typeof dim === "number";
}

/** True when all are numbers. */
export function isStaticShape(dims: readonly Dim[]): dims is readonly number[] {
  return dims.every(isStatic);
}

/** Canonical text: equal text if and only if provably equal. */
export function dimText(dim: Dim): string {
  if (typeof dim === "number") return String(dim);
  const product = dim.symbols.join("*");
  return dim.coefficient === 1 ? product : `${dim.coefficient}*${product}`;
}

/** `[N, 3, 224, 224]` */
export function shapeText(dims: readonly Dim[] | null): string {
  return dims === null ? "[?]" : `[${dims.map(dimText).join(", ")}]`;
}

/** True when provably equal for every value of the symbols. */
export function equalDims(a: Dim, b: Dim): boolean {
  return a === b || dimText(a) === dimText(b);
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  const [ca, cb] = [coefficient(a), coefficient(b)];
  if (ca !== 0 && Math.abs(cb) > Number.MAX_SAFE_INTEGER / Math.abs(ca)) {
    throw new EspalierError("OVERFLOW", "A dimension does not fit", {
      expected: "at most 2^53 - 1",
      found: `${dimText(a)} · ${dimText(b)}`,
    });
  }
  return monomial(ca * cb, [...symbols(a), ...symbols(b)]);
}

/** Product of dimensions; 1 for none. */
export function productOf(dims: readonly Dim[]): Dim {
  return dims.reduce(multiplyDims, 1);
}

/** a / b when it divides exactly for every value of the symbols, else null. */
export function divideDims(a: Dim, b: Dim): Dim | null {
  const divisor = coefficient(b);
  if (divisor === 0 || coefficient(a) % divisor !== 0) return null;
  const rest = [...symbols(a)];
  for (const name of symbols(b)) {
    const at = rest.indexOf(name);
    if (at < 0) return null;
    rest.splice(at, 1);
  }
  return monomial(coefficient(a) / divisor, rest);
}

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  if (sameSymbols(a, b)) return monomial(coefficient(a) + coefficient(b), symbols(a));
  return symbol(`(${[dimText(a), dimText(b)].sort().join("+")})`);
}

/** `name(a, b, …)` as an opaque symbol, for what the monomials cannot express. */
export function opaqueDim(name: string, ...args: readonly Dim[]): Dim {
  return symbol(`${name}(${args.map(dimText).join(",")})`);
}

/** A dimension with every symbol that `bindings` names replaced by its number. */
export function bindDim(dim: Dim, bindings: ReadonlyMap<string, number>): Dim {
  if (typeof dim === "number") return dim;
  return dim.symbols.reduce<Dim>(
    (product, name) => multiplyDims(product, bindings.get(name) ?? symbol(name)),
    dim.coefficient,
  );
}

function coefficient(dim: Dim): number {
  return typeof dim === "number" ? dim : dim.coefficient;
}

function symbols(dim: Dim): readonly string[] {
  return typeof dim === "number" ? [] : dim.symbols;
}

function sameSymbols(a: Dim, b: Dim): boolean {
  return symbols(a).join("*") === symbols(b).join("*");
}

function monomial(factor: number, names: readonly string[]): Dim {
  return names.length === 0 || factor === 0 ? factor : { coefficient: factor, symbols: [...names].sort() };
}
