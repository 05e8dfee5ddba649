import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptEntries } from "../masks/mask-rule.js";
import { seededRandom } from "../random/random.js";
import { blockLargest, largestOfBlocks } from "./block-largest.js";
import { checkPattern, type NmPattern, TWO_OF_FOUR } from "./pattern.js";
import { axisBack, axisLast, type PatternAxis } from "./pattern-axis.js";
import { countViolations } from "./violations.js";

const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1);
const normals = (length: number, seed: number): Float32Array => {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random.normal());
};
const row = (length: number): PatternAxis => ({ dims: [length], axis: 0 });

/** A weight of rank 1 to 4, one of its axes, and a pattern whose blocks fit there. */
const weights = fc
  .record({
    nonzero: fc.integer({ min: 1, max: 4 }),
    zeros: fc.integer({ min: 1, max: 4 }),
    blocks: fc.integer({ min: 1, max: 3 }),
    before: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    after: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  })
  .chain(({ nonzero, zeros, blocks, before, after }) => {
    const block = nonzero + zeros;
    const dims = [...before, blocks * block, ...after];
    const size = dims.reduce((product, dim) => product * dim, 1);
    return fc.record({
      pattern: fc.constant<NmPattern>({ nonzero, block }),
      where: fc.constant<PatternAxis>({ dims, axis: before.length }),
      values: fc.float32Array({ minLength: size, maxLength: size, noNaN: true, noDefaultInfinity: true }),
    });
  });

describe("the largest of every block", () => {
  it("stay: 2:4 along the rows of a 3 × 4 matrix", () => {
    const values = Float32Array.of(...[3, -14, 8, 21], ...[-19, 5, -11, 1], ...[7, -25, 13, -9]);
    const mask = largestOfBlocks(values, ones(12), { dims: [3, 4], axis: 1 }, TWO_OF_FOUR);
    expect([...mask]).toEqual([...[0, 1, 0, 1], ...[1, 0, 1, 0], ...[0, 1, 1, 0]]);
  });

  it("stay: 1:2 along the columns of a 4 × 3 matrix", () => {
    const values = Float32Array.of(...[3, -14, 8], ...[-19, 5, -11], ...[7, -25, 13], ...[12, 18, -6]);
    const mask = largestOfBlocks(values, ones(12), { dims: [4, 3], axis: 0 }, { nonzero: 1, block: 2 });
    expect([...mask]).toEqual([...[0, 1, 0], ...[1, 0, 1], ...[0, 1, 1], ...[1, 0, 0]]);
  });

  it("are taken from four input channels at one tap of a filter [1, 4, 1, 2]", () => {
    // Taps of a channel lie side by side, channels two apart.
    const values = Float32Array.of(...[1, 9], ...[2, 8], ...[3, 7], ...[4, 6]);
    const mask = largestOfBlocks(values, ones(8), { dims: [1, 4, 1, 2], axis: 1 }, TWO_OF_FOUR);
    expect([...mask]).toEqual([...[0, 1], ...[0, 1], ...[1, 0], ...[1, 0]]);
  });

  it("are the first where all are equal, whatever their sign", () => {
    const mask = largestOfBlocks(Float32Array.of(-1, 1, 1, -1), ones(4), row(4), TWO_OF_FOUR);
    expect([...mask]).toEqual([1, 1, 0, 0]);
  });

  it("are chosen among those that are still there", () => {
    const mask = largestOfBlocks(Float32Array.of(9, 1, 8, 2), Uint8Array.of(0, 1, 1, 1), row(4), TWO_OF_FOUR);
    expect([...mask]).toEqual([0, 0, 1, 1]);
  });

  it("keep 74.45 % of |w| of a million Gaussian weights under 2:4, 76.8 % under 4:8", () => {
    const values = normals(1 << 20, 1);
    const keptShare = (pattern: NmPattern): number => {
      const mask = largestOfBlocks(values, ones(values.length), row(values.length), pattern);
      let [kept, all] = [0, 0];
      for (const [i, value] of values.entries()) {
        all += Math.abs(value);
        kept += (mask[i] as number) * Math.abs(value);
      }
      return kept / all;
    };
    expect(Math.abs(keptShare(TWO_OF_FOUR) - 0.7445)).toBeLessThan(0.001);
    expect(Math.abs(keptShare({ nonzero: 4, block: 8 }) - 0.768)).toBeLessThan(0.001);
  });

  it("are as many in every block, the pattern holds, and nothing that goes is larger than what stays", () => {
    fc.assert(
      fc.property(weights, ({ values, where, pattern }) => {
        const mask = largestOfBlocks(values, ones(values.length), where, pattern);
        const { blocks, violations } = countViolations(mask, where, pattern);
        expect(violations).toBe(0);
        expect(keptEntries(new Map([["w", mask]])).kept).toBe(blocks * pattern.nonzero);
        // Blocks are consecutive once the axis lies last.
        const [plain, kept] = [axisLast(values, where), axisLast(Float32Array.from(mask), where)];
        for (let start = 0; start < plain.length; start += pattern.block) {
          const block = [...plain.subarray(start, start + pattern.block)].map(Math.abs);
          const stay = block.filter((_, i) => kept[start + i] === 1);
          const go = block.filter((_, i) => kept[start + i] === 0);
          expect(Math.min(...stay)).toBeGreaterThanOrEqual(Math.max(...go));
        }
      }),
    );
  });

  it("refuse weights that cannot be ranked, and leave alone those that are masked anyway", () => {
    const values = Float32Array.of(1, Number.NaN, 2, 3);
    const apply = (mask: Uint8Array) => largestOfBlocks(values, mask, row(4), TWO_OF_FOUR);
    expect(() => apply(ones(4))).toThrow(expect.objectContaining({ code: "NONFINITE" }));
    expect([...apply(Uint8Array.of(1, 0, 1, 1))]).toEqual([0, 0, 1, 1]);
  });
});

describe("the rule", () => {
  it("masks the layers that have an axis, leaves the others, and changes nothing when applied again", () => {
    const values = new Map([
      ["a", normals(32, 2)],
      ["b", normals(6, 3)],
    ]);
    const rule = blockLargest(TWO_OF_FOUR, (name) => (name === "a" ? { dims: [8, 4], axis: 0 } : null));
    const masks = new Map([...values].map(([name, { length }]) => [name, ones(length)]));
    const next = rule.apply(values, masks);
    expect(rule.name).toBe("block-largest-2:4");
    expect(countViolations(next.get("a") as Uint8Array, { dims: [8, 4], axis: 0 }, TWO_OF_FOUR)).toEqual({
      blocks: 8,
      violations: 0,
    });
    expect(next.get("b")).toEqual(ones(6));
    expect(masks.get("a")).toEqual(ones(32));
    expect(rule.apply(values, next)).toEqual(next);
  });

  it("refuses an axis that ends within a block, as the hardware does", () => {
    const rule = blockLargest(TWO_OF_FOUR, () => ({ dims: [2, 6], axis: 1 }));
    expect(() => rule.apply(new Map([["w", normals(12, 4)]]), new Map([["w", ones(12)]]))).toThrow(
      expect.objectContaining({ code: "PATTERN_UNFIT" }),
    );
  });
});

describe("violations", () => {
  it("are none after masking and one when a single masked weight comes back", () => {
    fc.assert(
      fc.property(weights, fc.nat(), ({ values, where, pattern }, pick) => {
        const full = values.map((value) => (value === 0 ? 1 : value));
        const mask = largestOfBlocks(full, ones(full.length), where, pattern);
        const masked = full.map((value, i) => (mask[i] === 0 ? 0 : value));
        expect(countViolations(masked, where, pattern).violations).toBe(0);
        const zeros = [...mask.keys()].filter((i) => mask[i] === 0);
        masked[zeros[pick % zeros.length] as number] = 1e-30;
        expect(countViolations(masked, where, pattern).violations).toBe(1);
      }),
    );
  });

  it("count along the axis that is asked for", () => {
    // 1 1 0 0      along rows 2:4 everywhere; along columns the first two hold four weights.
    const values = Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 0));
    const violations = [1, 0].map((axis) => countViolations(values, { dims: [4, 4], axis }, TWO_OF_FOUR));
    expect(violations).toEqual([
      { blocks: 4, violations: 0 },
      { blocks: 4, violations: 2 },
    ]);
  });

  it("take −0 for zero and NaN for none", () => {
    const count = (...values: number[]) =>
      countViolations(Float32Array.from(values), row(4), TWO_OF_FOUR).violations;
    expect(count(1, 2, -0, -0)).toBe(0);
    expect(count(1, 2, Number.NaN, 0)).toBe(1);
  });

  it("refuse dimensions that are not the weight's, and patterns that are none", () => {
    const count = (where: PatternAxis, pattern: NmPattern) => () =>
      countViolations(new Float32Array(8), where, pattern);
    expect(count({ dims: [2, 8], axis: 1 }, TWO_OF_FOUR)).toThrow(
      expect.objectContaining({ code: "TENSOR_SIZE" }),
    );
    expect(count({ dims: [8], axis: 1 }, TWO_OF_FOUR)).toThrow(
      expect.objectContaining({ code: "PATTERN_UNFIT" }),
    );
    for (const pattern of [
      { nonzero: 4, block: 4 },
      { nonzero: 0, block: 4 },
      { nonzero: 1.5, block: 4 },
      { nonzero: 2, block: Number.NaN },
    ]) {
      expect(() => checkPattern(pattern)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
      expect(count(row(8), pattern)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    }
  });
});

describe("the axis last", () => {
  it("of [O, I, kW] = [1, 2, 3] gives a row of two channels for each tap", () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect([...axisLast(values, { dims: [1, 2, 3], axis: 1 })]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it("goes back to the same bits", () => {
    fc.assert(
      fc.property(weights, fc.infiniteStream(fc.integer()), ({ values, where }, bits) => {
        const any = Float32Array.from(values);
        new Uint32Array(any.buffer).set([...bits.take(any.length)]);
        const back = axisBack(axisLast(any, where), where);
        expect(new Uint32Array(back.buffer)).toEqual(new Uint32Array(any.buffer));
      }),
    );
  });

  it("refuses an axis that is not there", () => {
    expect(() => axisLast(new Float32Array(4), { dims: [4], axis: 2 })).toThrow(
      expect.objectContaining({ code: "PATTERN_UNFIT" }),
    );
  });
});
