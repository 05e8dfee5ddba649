import { describe, expect, it } from "vitest";
import { seededRandom } from "../random/random.js";
import { type Consumer, eliminate } from "./elimination.js";
import { solveLeastSquares } from "./least-squares.js";

/** A consumer on random correlated data, every unit with `taps` columns. */
function randomConsumer(seed: number, units: number, taps: number, m: number): Consumer {
  const random = seededRandom(seed, "consumer");
  const n = units * taps;
  const rows = Array.from({ length: 6 * n }, () => {
    const shared = random.normal();
    return Float64Array.from({ length: n }, () => random.normal() + shared);
  });
  const gram = new Float64Array(n * n);
  for (const row of rows)
    for (let i = 0; i < n; i++)
      for (let k = 0; k < n; k++)
        gram[i * n + k] = (gram[i * n + k] as number) + (row[i] as number) * (row[k] as number);
  return {
    n,
    m,
    gram,
    weights: Float64Array.from({ length: n * m }, () => random.normal()),
    unitOf: Int32Array.from({ length: n }, (_, c) => Math.floor(c / taps)),
  };
}

/** Error with only the columns of `kept`, weights solved anew, relative to the outputs: nothing incremental. */
function errorWith({ n, m, gram, weights, unitOf }: Consumer, kept: ReadonlySet<number>): number {
  const columns = [...unitOf.keys()].filter((c) => kept.has(unitOf[c] as number));
  const k = columns.length;
  const cross = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < n; c++)
      for (let j = 0; j < m; j++)
        cross[i * m + j] =
          (cross[i * m + j] as number) + (gram[i * n + c] as number) * (weights[c * m + j] as number);
  const tt = Float64Array.from({ length: m }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (weights[i * m + j] as number) * (cross[i * m + j] as number);
    return sum;
  });
  const { after } = solveLeastSquares(
    {
      blocks: 1,
      columns: k,
      outputs: m,
      rows: 1,
      xx: Float64Array.from(
        { length: k * k },
        (_, i) => gram[(columns[Math.floor(i / k)] as number) * n + (columns[i % k] as number)] as number,
      ),
      x: new Float64Array(k),
      xt: Float64Array.from(
        { length: k * m },
        (_, i) => cross[(columns[Math.floor(i / m)] as number) * m + (i % m)] as number,
      ),
      t: new Float64Array(m),
      tt,
    },
    { matrix: new Float64Array(k * m), bias: new Float64Array(m) },
    1e-13,
  );
  return after / tt.reduce((sum, value) => sum + value, 0);
}

describe("eliminate", () => {
  it("removes in each step the unit whose loss costs least once the rest is solved anew", () => {
    for (const taps of [1, 3]) {
      const consumers = [randomConsumer(1, 6, taps, 4), randomConsumer(2, 6, taps, 2)];
      const { order, errors } = eliminate(6, consumers, 1e-13);
      const left = new Set([0, 1, 2, 3, 4, 5]);
      for (const [i, unit] of order.slice(0, -1).entries()) {
        const costs = [...left].map((candidate) => {
          const kept = new Set([...left].filter((u) => u !== candidate));
          return consumers.reduce((sum, one) => sum + errorWith(one, kept), 0) / consumers.length;
        });
        const lowest = Math.min(...costs);
        expect(costs[[...left].indexOf(unit)]).toBeCloseTo(lowest, 9);
        expect(errors[i + 1]).toBeCloseTo(lowest, 7);
        left.delete(unit);
      }
      expect(order).toHaveLength(6);
    }
  });

  it("removes a copy first, at no cost", () => {
    // Unit 2 repeats unit 0.
    const gram = Float64Array.of(2, 1, 2, 1, 3, 1, 2, 1, 2);
    const consumer = { n: 3, m: 1, gram, weights: Float64Array.of(1, 1, 1), unitOf: Int32Array.of(0, 1, 2) };
    const { order, errors } = eliminate(3, [consumer], 1e-9);
    expect([0, 2]).toContain(order[0]);
    expect(errors[1]).toBeLessThan(1e-7);
    expect(errors[2]).toBeGreaterThan(0.1);
  });
});
