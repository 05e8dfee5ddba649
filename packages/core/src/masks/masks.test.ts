import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../random/random.js";
import { keptEntries, type MaskRule } from "./mask-rule.js";
import { shuffleMasks } from "./shuffle-masks.js";
import { globalSmallest, layerSmallest, smallestOf } from "./smallest.js";
import { standardDeviations } from "./standard-deviations.js";

const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1);

/** 5 × 5, with every magnitude from 1 to 25 once. */
const WEIGHTS = Float32Array.of(
  ...[3, -14, 8, 21, -2],
  ...[-19, 5, -11, 1, 16],
  ...[7, -25, 13, -9, 4],
  ...[12, 18, -6, 24, -10],
  ...[-22, 15, 20, -17, 23],
);

describe("the smallest weights", () => {
  it("go: 10 of a 5 × 5 matrix", () => {
    const expected = [
      ...[0, 1, 0, 1, 0],
      ...[1, 0, 1, 0, 1],
      ...[0, 1, 1, 0, 0],
      ...[1, 1, 0, 1, 0],
      ...[1, 1, 1, 1, 1],
    ];
    expect([...smallestOf(WEIGHTS, ones(25), 10)]).toEqual(expected);
    const rule = layerSmallest(() => 0.4);
    expect([...(rule.apply(new Map([["w", WEIGHTS]]), new Map([["w", ones(25)]])).get("w") ?? [])]).toEqual(
      expected,
    );
  });

  it("go by what is left: twice 20 % of 25 leave 16", () => {
    const rule = layerSmallest(() => 0.2);
    const weights = new Map([["w", WEIGHTS]]);
    const twice = rule.apply(weights, rule.apply(weights, new Map([["w", ones(25)]])));
    expect(keptEntries(twice)).toEqual({ kept: 16, all: 25 });
    for (const [i, keep] of (twice.get("w") as Uint8Array).entries())
      expect(keep).toBe(Math.abs(WEIGHTS[i] as number) > 9 ? 1 : 0);
  });

  it("go wherever they lie, of all layers together", () => {
    const weights = new Map([
      ["a", Float32Array.of(1, -4, 2)],
      ["b", Float32Array.of(-3, 0.5, 6, 0.25, 5)],
    ]);
    const masks = new Map([
      ["a", ones(3)],
      ["b", Uint8Array.of(1, 1, 1, 0, 1)],
    ]);
    const next = globalSmallest(3 / 7).apply(weights, masks);
    expect([...(next.get("a") ?? [])]).toEqual([0, 1, 0]);
    expect([...(next.get("b") ?? [])]).toEqual([1, 0, 1, 0, 1]);
  });

  it("are the first where all are equal, so that masks do not depend on the sorting", () => {
    expect([...smallestOf(new Float32Array(5), ones(5), 2)]).toEqual([0, 0, 1, 1, 1]);
  });
});

describe("standard deviations", () => {
  it("keep |w| above s·σ: of −2, −1, 0, 1, 2 (σ = √2) with s = 1 the ends", () => {
    const weights = new Map([["w", Float32Array.of(-2, -1, 0, 1, 2)]]);
    const masks = standardDeviations(() => 1).apply(weights, new Map([["w", ones(5)]]));
    expect([...(masks.get("w") ?? [])]).toEqual([1, 0, 0, 0, 1]);
  });

  it("of Gaussian weights keep 2·(1 − Φ(s)): 8 % at 1.751, 26 % at 1.126, 66 % at 0.44", () => {
    const random = seededRandom(5);
    const weights = new Map([["w", Float32Array.from({ length: 100_000 }, () => 0.1 * random.normal())]]);
    for (const [quality, share] of [
      [1.751, 0.08],
      [1.126, 0.26],
      [0.44, 0.66],
    ] as const) {
      const { kept } = keptEntries(
        standardDeviations(() => quality).apply(weights, new Map([["w", ones(100_000)]])),
      );
      // Four standard errors of a share of 100,000.
      expect(Math.abs(kept / 100_000 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 100_000));
    }
  });
});

describe("every rule", () => {
  const rules: readonly MaskRule[] = [
    layerSmallest(() => 0.3),
    globalSmallest(0.3),
    standardDeviations(() => 0.5),
  ];
  it("only takes away, and does not touch what it was given", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.float({ noNaN: true }), fc.integer({ min: 0, max: 1 })), { minLength: 1 }),
        fc.constantFrom(...rules),
        (entries, rule) => {
          const mask = Uint8Array.from(entries, ([, keep]) => keep);
          const before = mask.slice();
          const next = rule.apply(
            new Map([["w", Float32Array.from(entries, ([w]) => w)]]),
            new Map([["w", mask]]),
          );
          expect(mask).toEqual(before);
          for (const [i, keep] of (next.get("w") as Uint8Array).entries())
            expect(keep).toBeLessThanOrEqual(before[i] as number);
        },
      ),
    );
  });
});

describe("shuffled masks", () => {
  it("keep as many in each layer, elsewhere, by the seed", () => {
    const masks = new Map([
      ["a", Uint8Array.from({ length: 40 }, (_, i) => (i < 10 ? 1 : 0))],
      ["b", ones(5)],
    ]);
    const shuffled = shuffleMasks(masks, 1);
    for (const [name, mask] of masks)
      expect(keptEntries(new Map([[name, shuffled.get(name) as Uint8Array]]))).toEqual(
        keptEntries(new Map([[name, mask]])),
      );
    expect(shuffled.get("a")).not.toEqual(masks.get("a"));
    expect(shuffleMasks(masks, 1)).toEqual(shuffled);
    expect(shuffleMasks(masks, 2).get("a")).not.toEqual(shuffled.get("a"));
  });
});
