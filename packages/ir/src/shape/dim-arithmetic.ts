// Arithmetic that shape inference needs beyond products and exact quotients. What has no closed form
// becomes an opaque symbol named by its expression.

import {
  addDims,
  type Dim,
  dimText,
  divideDims,
  equalDims,
  isStatic,
  multiplyDims,
  opaqueDim,
  symbol,
} from "../dim.js";

export function negateDim(a: Dim): Dim {
  return multiplyDims(a, -1) as Dim;
}

export function subtractDims(a: Dim, b: Dim): Dim {
  if (isStatic(a) && isStatic(b)) return a - b;
  if (b === 0) return a;
  if (equalDims(a, b)) return 0;
  if (!isStatic(a) && !isStatic(b) && sameSymbols(a.symbols, b.symbols)) return addDims(a, negateDim(b));
  if (isStatic(b)) return addDims(a, -b);
  return opaqueDim("sub", a, b);
}

/** Sum of many, in one pass: equal terms are counted, so the text stays short. */
export function sumDims(dims: readonly Dim[]): Dim {
  let constant = 0;
  const terms = new Map<string, Dim>();
  for (const dim of dims) {
    if (isStatic(dim)) {
      constant += dim;
      continue;
    }
    const key = dim.symbols.join("*");
    const known = terms.get(key);
    terms.set(key, known === undefined ? dim : addDims(known, dim));
  }
  const symbolic = [...terms.values()].filter((term) => term !== 0);
  if (symbolic.length === 0) return constant;
  if (symbolic.length === 1) return addDims(symbolic[0] as Dim, constant);
  if (constant !== 0) symbolic.push(constant);
  return symbol(`(${symbolic.map(dimText).sort().join("+")})`);
}

/** Integer division as ONNX does it: towards zero. */
export function truncatedQuotient(a: Dim, b: Dim): Dim {
  if (b === 0) return opaqueDim("div", a, b);
  if (isStatic(a) && isStatic(b)) return Math.trunc(a / b);
  return divideDims(a, b) ?? opaqueDim("div", a, b);
}

/** Division of real numbers. */
export function realQuotient(a: Dim, b: Dim): Dim {
  if (isStatic(a) && isStatic(b)) return a / b;
  if (isStatic(b) && b !== 0 && !isStatic(a)) {
    return { coefficient: a.coefficient / b, symbols: a.symbols };
  }
  return divideDims(a, b) ?? opaqueDim("quotient", a, b);
}

/** a when provably equal, else min(a, b). */
export function minDim(a: Dim, b: Dim): Dim {
  if (isStatic(a) && isStatic(b)) return Math.min(a, b);
  return equalDims(a, b) ? a : opaqueDim("min", ...sorted(a, b));
}

export function maxDim(a: Dim, b: Dim): Dim {
  if (isStatic(a) && isStatic(b)) return Math.max(a, b);
  return equalDims(a, b) ? a : opaqueDim("max", ...sorted(a, b));
}

/** True when `a` is min(k, b) with some k above 1. */
export function isMinimumOf(a: Dim, b: Dim): boolean {
  if (isStatic(a) || isStatic(b) || a.coefficient !== 1 || a.symbols.length !== 1) return false;
  const [, bound, rest] = /^min\((\d+),(.*)\)$/s.exec(a.symbols[0] as string) ?? [];
  return rest === dimText(b) && Number(bound) > 1;
}

/** The two in an order that does not depend on which came first. */
function sorted(a: Dim, b: Dim): [Dim, Dim] {
  return dimText(a) <= dimText(b) ? [a, b] : [b, a];
}

function sameSymbols(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
