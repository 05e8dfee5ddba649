import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largestOfBlocks } from "../n-m/block-largest.js";
import { TWO_OF_FOUR } from "../n-m/pattern.js";
import { seededRandom } from "../random/random.js";
import { channelSwap } from "./channel-swap.js";
import type { WeightRows } from "./column-magnitudes.js";
import { distributions } from "./distributions.js";
import { permutationEfficacy } from "./efficacy.js";
import type { PermutationSearch } from "./permutation-search.js";
import { randomPermutations } from "./random-permutations.js";
import { stripeGroups } from "./stripe-groups.js";

const coded = (code: string) => expect.objectContaining({ code });

function uniform(rows: number, columns: number, seed: number): WeightRows {
  const random = seededRandom(seed, "uniform");
  const values = Float32Array.from({ length: rows * columns }, () => random.uniform());
  return { values, rows, columns };
}

function permuted({ values, rows, columns }: WeightRows, permutation: Uint32Array): Float32Array {
  const at = (i: number): number => Math.floor(i / columns) * columns + (permutation[i % columns] as number);
  return Float32Array.from({ length: rows * columns }, (_, i) => values[at(i)] as number);
}

/** Σ|w| under the mask that 2:4 makes of the permuted weights. */
function keptByMask(weights: WeightRows, permutation: Uint32Array): number {
  const values = permuted(weights, permutation);
  const where = { dims: [weights.rows, weights.columns], axis: 1 };
  const mask = largestOfBlocks(values, new Uint8Array(values.length).fill(1), where, TWO_OF_FOUR);
  return values.reduce((sum, value, i) => sum + (mask[i] as number) * Math.abs(value), 0);
}

/** The most that any order keeps: every column opens a block, or joins one that is open. */
function optimum(weights: WeightRows): number {
  const { values, rows, columns } = weights;
  const keptOfBlock = (block: readonly number[]): number => {
    let kept = 0;
    for (let row = 0; row < rows; row++) {
      const sizes = block.map((column) => Math.abs(values[row * columns + column] as number));
      sizes.sort((a, b) => b - a);
      kept += (sizes[0] as number) + (sizes[1] as number);
    }
    return kept;
  };
  const place = (column: number, blocks: readonly (readonly number[])[]): number => {
    if (column === columns) return blocks.reduce((sum, block) => sum + keptOfBlock(block), 0);
    let best = blocks.length < columns / 4 ? place(column + 1, [...blocks, [column]]) : 0;
    for (const [i, block] of blocks.entries())
      if (block.length < 4) best = Math.max(best, place(column + 1, blocks.with(i, [...block, column])));
    return best;
  };
  return place(0, []);
}

const SEARCHES: readonly PermutationSearch[] = [
  randomPermutations({ trials: 50 }),
  channelSwap(),
  channelSwap({ escapes: 5, seed: 3 }),
  stripeGroups({ escapes: 0 }),
  stripeGroups({ escapes: 5, seed: 3 }),
  stripeGroups({ groups: 2, escapes: 2 }),
  stripeGroups({ columns: 12, escapes: 0 }),
];

describe("channel permutation", () => {
  it("of two rows whose large weights share a block keeps them all", () => {
    // 2:4 keeps 5 + 6 of 5, 6, 7, 8 in its worst order; apart, two and two, it keeps all four.
    const values = Float32Array.of(...[5, 6, 7, 8, 0, 0, 0, 0], ...[-8, -7, -6, -5, 0, 0, 0, 0]);
    const found = stripeGroups().search({ values, rows: 2, columns: 8 });
    expect([found.keptBefore, found.kept]).toEqual([30, 52]);
    for (const start of [0, 4]) {
      const block = [...found.permutation.subarray(start, start + 4)];
      expect(block.filter((column) => column < 4)).toHaveLength(2);
    }
  });

  it.each(SEARCHES.map((search) => [search.name, search] as const))(
    "by %s orders all columns, never keeps less, and says what the mask keeps",
    (_, search) => {
      fc.assert(
        fc.property(
          fc.record({ rows: fc.integer({ min: 1, max: 6 }), stripes: fc.integer({ min: 1, max: 5 }) }),
          fc.integer(),
          ({ rows, stripes }, seed) => {
            const weights = uniform(rows, stripes * 4, seed);
            const { permutation, kept, keptBefore } = search.search(weights);
            const identity = Uint32Array.from({ length: weights.columns }, (_, i) => i);
            expect(permutation.toSorted()).toEqual(identity);
            expect(kept).toBeGreaterThanOrEqual(keptBefore);
            // Sums in another order.
            expect(keptBefore).toBeCloseTo(keptByMask(weights, identity), 6);
            expect(kept).toBeCloseTo(keptByMask(weights, permutation), 6);
            expect(search.search(weights)).toEqual({ permutation, kept, keptBefore });
          },
        ),
        { numRuns: 12 },
      );
    },
  );

  it("by stripe groups is the optimum where one group holds all columns: 8 of 8, 12 of 12", () => {
    for (let seed = 0; seed < 3; seed++) {
      const [eight, twelve] = [uniform(3, 8, seed), uniform(2, 12, seed)];
      expect(stripeGroups().search(eight).kept).toBeCloseTo(optimum(eight), 9);
      expect(stripeGroups({ columns: 12 }).search(twelve).kept).toBeCloseTo(optimum(twelve), 9);
    }
  });

  it("by swaps ends where no swap gains", () => {
    const weights = uniform(5, 16, 8);
    const { permutation, kept } = channelSwap().search(weights);
    for (let a = 0; a < 16; a++)
      for (let b = a + 1; b < 16; b++) {
        const swapped = permutation.slice();
        [swapped[a], swapped[b]] = [permutation[b] as number, permutation[a] as number];
        expect(keptByMask(weights, swapped)).toBeLessThan(kept + 1e-6);
      }
  });

  it("keeps no less with more escapes, nor with 12 columns to a group than with 8", () => {
    for (let seed = 0; seed < 3; seed++) {
      const weights = uniform(8, 24, seed);
      const kept = (search: PermutationSearch): number => search.search(weights).kept;
      const few = kept(stripeGroups({ escapes: 2 }));
      expect(few).toBeGreaterThanOrEqual(kept(stripeGroups({ escapes: 0 })));
      expect(kept(stripeGroups({ escapes: 20 }))).toBeGreaterThanOrEqual(few);
      expect(kept(stripeGroups({ columns: 12, escapes: 2 }))).toBeGreaterThanOrEqual(few);
      expect(kept(channelSwap({ escapes: 20 }))).toBeGreaterThanOrEqual(kept(channelSwap()));
    }
  });

  it("leaves columns alone that no order betters", () => {
    const weights = { values: new Float32Array(32).fill(-1), rows: 2, columns: 16 };
    for (const search of SEARCHES)
      expect([...search.search(weights).permutation]).toEqual(Array.from({ length: 16 }, (_, i) => i));
  });

  it("refuses what it cannot search", () => {
    const search = stripeGroups();
    expect(() => search.search({ values: new Float32Array(12), rows: 2, columns: 6 })).toThrow(
      coded("PATTERN_UNFIT"),
    );
    expect(() => search.search({ values: new Float32Array(12), rows: 2, columns: 8 })).toThrow(
      coded("TENSOR_SIZE"),
    );
    expect(() =>
      search.search({ values: Float32Array.of(1, Number.NaN, 1, 1), rows: 1, columns: 4 }),
    ).toThrow(coded("NONFINITE"));
    expect(() => channelSwap({ escapes: -1 })).toThrow(coded("INVALID_OPTION"));
    expect(() => randomPermutations({ trials: 0.5 })).toThrow(coded("INVALID_OPTION"));
    expect(() => stripeGroups({ columns: 16 as 12 })).toThrow(coded("INVALID_OPTION"));
  });
});

describe("distributions", () => {
  it.each([
    [2, 70, 35],
    [3, 495, 5775],
  ])("of %i stripes are %i sets in %i ways, all different", (stripes, sets, ways) => {
    const all = distributions(stripes);
    expect(all.sets).toHaveLength(sets * 4);
    expect(all.ways).toHaveLength(ways * stripes);
    const seen = new Set<string>();
    for (let start = 0; start < all.ways.length; start += stripes) {
      const blocks = [...all.ways.subarray(start, start + stripes)].map((set) => [
        ...all.sets.subarray(set * 4, set * 4 + 4),
      ]);
      expect(new Set(blocks.flat()).size).toBe(stripes * 4);
      seen.add(blocks.map(String).sort().join("|"));
    }
    expect(seen.size).toBe(ways);
    expect(
      [...all.ways.subarray(0, stripes)].flatMap((set) => [...all.sets.subarray(set * 4, set * 4 + 4)]),
    ).toEqual(Array.from({ length: stripes * 4 }, (_, i) => i));
  });
});

describe("efficacy", () => {
  it("is the share of the gap to the larger half of each row that is closed", () => {
    // 2:4 keeps 8 + 7, the larger half 8 + 7 + 6 + 5; with 5 and 6 in the other block all of it.
    const weights = { values: Float32Array.of(5, 6, 7, 8, 1, 2, 0, 0), rows: 1, columns: 8 };
    const apart = permutationEfficacy(weights, Uint32Array.of(0, 1, 4, 5, 2, 3, 6, 7));
    expect(apart).toEqual({ dense: 29, plain: 18, permuted: 26, unstructured: 26, efficacy: 1 });
    expect(permutationEfficacy(weights, Uint32Array.of(0, 1, 2, 4, 3, 5, 6, 7)).efficacy).toBe(5 / 8);
  });

  it("is null where there is no gap", () => {
    const weights = { values: new Float32Array(8).fill(2), rows: 1, columns: 8 };
    expect(permutationEfficacy(weights, Uint32Array.of(7, 6, 5, 4, 3, 2, 1, 0)).efficacy).toBeNull();
  });
});
