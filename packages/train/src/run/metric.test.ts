import type { RuntimeTensor } from "@espalier/core";
import { DataType, numberToFloat16 } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { classification, type Metric, squaredError } from "./metric.js";

const LOGITS = [0.5, -2, 1, -0.25, 3, 0];
const labels: RuntimeTensor = { dataType: DataType.INT64, dims: [2], data: BigInt64Array.of(2n, 0n) };
const dims = [2, 3];
/** float32 bits of these numbers end in 16 zeros. */
const upperHalf = (value: number): number => new Uint16Array(Float32Array.of(value).buffer)[1] as number;

const WIDTHS: [string, RuntimeTensor][] = [
  ["float32", { dataType: DataType.FLOAT, dims, data: Float32Array.from(LOGITS) }],
  ["float64", { dataType: DataType.DOUBLE, dims, data: Float64Array.from(LOGITS) }],
  ["float16", { dataType: DataType.FLOAT16, dims, data: Uint16Array.from(LOGITS, numberToFloat16) }],
  ["bfloat16", { dataType: DataType.BFLOAT16, dims, data: Uint16Array.from(LOGITS, upperHalf) }],
];

function scores(metric: Metric, output: RuntimeTensor, feeds: Record<string, RuntimeTensor>) {
  const sums = metric.start();
  sums.add([output], feeds);
  return sums.scores();
}

describe("what a network gives is scored by its numbers", () => {
  it.each(WIDTHS)("of logits in %s", (_, output) => {
    const { samples, loss, accuracy } = scores(classification(), output, { labels });
    const row = (z: readonly number[], label: number) =>
      Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0)) - (z[label] as number);
    expect([samples, accuracy]).toEqual([2, 0.5]);
    expect(loss).toBeCloseTo((row(LOGITS.slice(0, 3), 2) + row(LOGITS.slice(3), 0)) / 2, 12);
  });

  it.each(WIDTHS)("of outputs and targets in %s", (_, output) => {
    const targets: RuntimeTensor = { dataType: DataType.FLOAT, dims, data: new Float32Array(6) };
    const expected = LOGITS.reduce((sum, value) => sum + value ** 2, 0) / 6;
    expect(scores(squaredError(), output, { targets }).loss).toBeCloseTo(expected, 12);
    expect(scores(squaredError(), targets, { targets: output }).loss).toBeCloseTo(expected, 12);
  });

  it("and refused where they are no floats", () => {
    const output: RuntimeTensor = { dataType: DataType.UINT8, dims, data: new Uint8Array(6) };
    for (const [metric, feeds] of [
      [classification(), { labels }],
      [squaredError(), { targets: output }],
    ] as const)
      expect(() => scores(metric, output, feeds)).toThrow(/INVALID_BATCH.*found uint8/);
  });
});
