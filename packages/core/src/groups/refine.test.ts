// The layout algebra against a brute-force model: an axis is a list of positions, a position the set of the
// atoms it is made of, and it goes if and only if one of its atoms goes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Factor,
  factorsOf,
  freeze,
  isLive,
  type Layout,
  product,
  resolve,
  sizeOf,
  sum,
  unit,
} from "./layout.js";
import { type Removal, removedPositions } from "./positions.js";
import { cut, explode, unify, unifyRowMajor } from "./refine.js";
import { refusal } from "./refusal.js";

const REASON = refusal("RESHAPE_NOT_FACTORABLE");
const RUNS = { numRuns: 2000, seed: 5 };

/** A layout in words: leaves by number, so that one factor may stand in several places. */
type Spec =
  | { readonly leaf: number; readonly size: number; readonly frozen: boolean }
  | { readonly sum: readonly Spec[] }
  | { readonly product: readonly Spec[] };

/** All ways to write `size` positions, a few leaves of each size being shared. */
function specOf(size: number, depth: number): fc.Arbitrary<Spec> {
  const leaf = fc
    .record({ number: fc.integer({ min: 0, max: 2 }), frozen: fc.integer({ min: 0, max: 9 }) })
    .map(({ number, frozen }): Spec => ({ leaf: 10 * size + number, size, frozen: frozen === 0 }));
  if (depth === 0) return leaf;
  const choices: fc.Arbitrary<Spec>[] = [leaf];
  if (size > 1) {
    choices.push(
      fc
        .integer({ min: 1, max: size - 1 })
        .chain((first) => fc.tuple(specOf(first, depth - 1), specOf(size - first, depth - 1)))
        .map((parts): Spec => ({ sum: parts })),
    );
  }
  for (let first = 1; first <= size; first++) {
    if (size % first !== 0 || (first === size && size === 1)) continue;
    choices.push(
      fc
        .tuple(specOf(first, depth - 1), specOf(size / first, depth - 1))
        .map((parts): Spec => ({ product: parts })),
    );
  }
  return fc.oneof(...choices);
}

const SIZES = fc.constantFrom(1, 2, 3, 4, 6, 8, 12);
const ONE = SIZES.chain((size) => specOf(size, 3));
const PAIR = SIZES.chain((size) => fc.tuple(specOf(size, 3), specOf(size, 3)));

class Leaves {
  readonly factors = new Map<number, Factor>();

  build(spec: Spec): Layout {
    if ("sum" in spec) return sum(spec.sum.map((part) => this.build(part)));
    if ("product" in spec) return product(spec.product.map((part) => this.build(part)));
    let factor = this.factors.get(spec.leaf);
    if (factor === undefined) {
      factor = new Factor(spec.size, spec.frozen ? REASON : null);
      this.factors.set(spec.leaf, factor);
    }
    return factor;
  }
}

/** Positions as sets of atoms `factor:index`, by plain recursion over the words. */
function positionsOf(spec: Spec): string[][] {
  if ("sum" in spec) return spec.sum.flatMap(positionsOf);
  if ("product" in spec) {
    return spec.product
      .map(positionsOf)
      .reduce<string[][]>(
        (rows, part) => rows.flatMap((row) => part.map((atoms) => [...row, ...atoms])),
        [[]],
      );
  }
  return Array.from({ length: spec.size }, (_, i) => [`${spec.leaf}:${i}`]);
}

/** Removes indices of all removable factors of the layouts, by the bits of `noise`. */
function randomRemoval(layouts: readonly Layout[], noise: readonly boolean[]): Removal {
  const removal = new Map<Factor, Uint8Array>();
  let at = 0;
  for (const factor of new Set(layouts.flatMap((layout) => [...factorsOf(layout)]))) {
    if (factor.frozen !== null) continue;
    removal.set(
      factor,
      Uint8Array.from({ length: factor.size as number }, () => Number(noise[at++ % noise.length])),
    );
  }
  return removal;
}

const lost = (layout: Layout, removal: Removal): number[] => [
  ...(removedPositions(layout, removal) ?? new Uint8Array(sizeOf(layout) as number)),
];

const NOISE = fc.array(fc.boolean(), { minLength: 7, maxLength: 40 });

describe("removedPositions", () => {
  it("agrees with positions as tuples for random nested sums and products", () => {
    fc.assert(
      fc.property(ONE, NOISE, (spec, noise) => {
        const leaves = new Leaves();
        const layout = leaves.build(spec);
        const removal = randomRemoval([layout], noise);
        const gone = new Set<string>();
        for (const [number, factor] of leaves.factors)
          for (const [i, bit] of removal.get(factor)?.entries() ?? [])
            if (bit === 1) gone.add(`${number}:${i}`);
        const expected = positionsOf(spec).map((atoms) => Number(atoms.some((atom) => gone.has(atom))));
        expect(lost(layout, removal)).toEqual(expected);
      }),
      RUNS,
    );
  });
});

describe("unify", () => {
  it("keeps sizes and makes both sides lose the same positions, whatever goes", () => {
    fc.assert(
      fc.property(PAIR, NOISE, ([left, right], noise) => {
        const leaves = new Leaves();
        const [a, b] = [leaves.build(left), leaves.build(right)];
        const size = sizeOf(a);
        unify(a, b, REASON);
        expect(sizeOf(resolve(a))).toBe(size);
        expect(sizeOf(resolve(b))).toBe(size);
        const removal = randomRemoval([a, b], noise);
        expect(lost(a, removal)).toEqual(lost(b, removal));
      }),
      RUNS,
    );
  });

  it("never sets free what was frozen", () => {
    fc.assert(
      fc.property(PAIR, NOISE, ([left, right], noise) => {
        const leaves = new Leaves();
        const [a, b] = [leaves.build(left), leaves.build(right)];
        freeze(a, REASON);
        unify(a, b, REASON);
        expect(isLive(b)).toBe(false);
        expect(lost(b, randomRemoval([a, b], noise))).not.toContain(1);
      }),
      RUNS,
    );
  });

  it("holds for all axes that were tied before, in any order", () => {
    const triple = SIZES.chain((size) => fc.tuple(specOf(size, 2), specOf(size, 2), specOf(size, 2)));
    fc.assert(
      fc.property(triple, NOISE, ([one, two, three], noise) => {
        const leaves = new Leaves();
        const [a, b, c] = [leaves.build(one), leaves.build(two), leaves.build(three)];
        unify(a, b, REASON);
        unify(b, c, REASON);
        const removal = randomRemoval([a, b, c], noise);
        expect(lost(b, removal)).toEqual(lost(a, removal));
        expect(lost(c, removal)).toEqual(lost(a, removal));
      }),
      RUNS,
    );
  });

  it("splits a coarse factor into the finer ones of the other side", () => {
    const [whole, heads, dims] = [new Factor(12), new Factor(3), new Factor(4)];
    unify(whole, product([heads, dims]), REASON);
    expect(lost(whole, new Map([[heads, Uint8Array.of(0, 1, 0)]]))).toEqual([
      0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0,
    ]);
    expect(lost(whole, new Map([[dims, Uint8Array.of(1, 0, 0, 0)]]))).toEqual([
      1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
    ]);
  });

  it("freezes both sides where there is no common refinement", () => {
    const cases: [Layout, Layout][] = [
      [product([new Factor(2), new Factor(3)]), product([new Factor(3), new Factor(2)])],
      [sum([new Factor(2), new Factor(4)]), product([new Factor(2), new Factor(3)])],
      [new Factor(4), new Factor(5)],
    ];
    for (const [a, b] of cases) {
      unify(a, b, REASON);
      expect([isLive(a), isLive(b)]).toEqual([false, false]);
      for (const factor of [...factorsOf(a), ...factorsOf(b)])
        expect(factor.frozen?.code).toBe("RESHAPE_NOT_FACTORABLE");
    }
  });

  it("leaves the immovable axis alone, which all models share", () => {
    const other = new Factor(1);
    unify(unit(), other, REASON);
    expect(isLive(other)).toBe(false);
    expect(resolve(unit())).toBe(unit());
    unify(new Factor(1), unit(), REASON);
    expect(resolve(unit())).toBe(unit());
  });
});

describe("unifyRowMajor", () => {
  it("makes the products of both lists lose the same positions", () => {
    const axes = (size: number): fc.Arbitrary<Spec[]> =>
      fc.oneof(
        specOf(size, 2).map((spec) => [spec]),
        specOf(size, 2).map((spec) => ("product" in spec ? [...spec.product] : [spec])),
        fc
          .constantFrom(...[1, 2, 3, 4, 6, 8, 12].filter((first) => size % first === 0))
          .chain((first) => fc.tuple(specOf(first, 2), specOf(size / first, 2))),
      );
    const lists = SIZES.chain((size) => fc.tuple(axes(size), axes(size)));
    fc.assert(
      fc.property(lists, NOISE, ([left, right], noise) => {
        const leaves = new Leaves();
        const a = left.map((spec) => leaves.build(spec));
        const b = right.map((spec) => leaves.build(spec));
        unifyRowMajor(a, b, REASON);
        const removal = randomRemoval([...a, ...b], noise);
        expect(lost(product(a), removal)).toEqual(lost(product(b), removal));
      }),
      RUNS,
    );
  });

  it("ties heads and head dimensions through [T, H·D] → [T, H, D]", () => {
    const [time, width, heads, dims] = [new Factor(5, REASON), new Factor(6), new Factor(2), new Factor(3)];
    unifyRowMajor([time, width], [time, heads, dims], REASON);
    expect(lost(width, new Map([[heads, Uint8Array.of(0, 1)]]))).toEqual([0, 0, 0, 1, 1, 1]);
  });
});

describe("cut", () => {
  it("gives the two ends of the axis: sizes add up, and they lose what the axis loses", () => {
    let cuts = 0;
    fc.assert(
      fc.property(ONE, fc.nat(12), NOISE, (spec, at, noise) => {
        const layout = new Leaves().build(spec);
        const size = sizeOf(layout) as number;
        const pieces = cut(layout, at);
        if (at > size) expect(pieces).toBeNull();
        if (pieces === null) return;
        cuts++;
        expect(pieces.map(sizeOf)).toEqual([at, size - at]);
        const removal = randomRemoval([layout], noise);
        expect([...lost(pieces[0], removal), ...lost(pieces[1], removal)]).toEqual(lost(layout, removal));
      }),
      RUNS,
    );
    expect(cuts).toBeGreaterThan(500);
  });

  it("falls only between whole rows of a product", () => {
    const layout = product([new Factor(2), new Factor(3)]);
    expect(cut(layout, 2)).toBeNull();
    expect(cut(layout, 3)).not.toBeNull();
    expect(cut(layout, -1)).toBeNull();
  });

  it("keeps what is known of a factor", () => {
    const factor = new Factor(4, REASON);
    factor.counts = "head";
    factor.inexact = REASON;
    for (const piece of cut(factor, 1) ?? [])
      expect(piece).toMatchObject({ frozen: REASON, counts: "head", inexact: REASON });
  });
});

describe("explode", () => {
  it("gives single positions in order, which lose what the axis loses", () => {
    let exploded = 0;
    fc.assert(
      fc.property(ONE, NOISE, (spec, noise) => {
        const layout = new Leaves().build(spec);
        const size = sizeOf(layout) as number;
        const pieces = explode(layout);
        if (pieces === null) return;
        exploded++;
        expect(pieces.map(sizeOf)).toEqual(new Array(size).fill(1));
        const removal = randomRemoval([layout], noise);
        expect(pieces.flatMap((piece) => lost(piece, removal))).toEqual(lost(layout, removal));
      }),
      RUNS,
    );
    expect(exploded).toBeGreaterThan(500);
  });

  it("refuses a product of two live factors: its positions are no units", () => {
    expect(explode(product([new Factor(2), new Factor(3)]))).toBeNull();
  });
});
