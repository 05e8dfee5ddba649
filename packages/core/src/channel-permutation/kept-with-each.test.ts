import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../random/random.js";
import { columnMagnitudes, keptOfFour } from "./column-magnitudes.js";
import { columnSums, keptWithEach } from "./kept-with-each.js";

describe("what a block keeps with each column in each of its places", () => {
  it("is what the four columns keep that lie there then, ties, zeros and the column's own place included", () => {
    const sizes = fc.record({ rows: fc.integer({ min: 1, max: 9 }), blocks: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.integer(), ({ rows, blocks }, coarse, seed) => {
        const random = seededRandom(seed, "weights");
        const columns = blocks * 4;
        // Few different values: rows with equal entries are where a formula of maxima would go wrong.
        const draw = (): number => (coarse ? random.integer(-2, 2) : random.normal());
        const values = Float32Array.from({ length: rows * columns }, draw);
        const weights = columnMagnitudes({ values, rows, columns });
        const block = random.sample(columns, 4);
        const kept = new Float64Array(4 * columns).fill(Number.NaN);
        keptWithEach(weights, columnSums(weights), block, kept);
        for (let place = 0; place < 4; place++)
          for (let column = 0; column < columns; column++) {
            const [a, b, c, d] = block.map((one, i) => (i === place ? column : one)) as [
              number,
              number,
              number,
              number,
            ];
            expect(kept[place * columns + column]).toBeCloseTo(keptOfFour(weights, a, b, c, d), 9);
          }
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
