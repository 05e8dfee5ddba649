import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type LabelledSet, sampleSize } from "../set/labelled-set.js";
import { takeFirst } from "../set/subset.js";
import { drawnDigits } from "./digits.js";
import { OUTLINES } from "./outlines.js";
import { drawnShapes } from "./shapes.js";

function samples(set: LabelledSet<"float32">): Float32Array {
  const size = sampleSize(set);
  const all = new Float32Array(set.count * size);
  for (let i = 0; i < set.count; i++) set.read(i, all, i * size);
  return all;
}

const digest = (set: LabelledSet<"float32">): string =>
  createHash("sha256")
    .update(new Uint8Array(samples(set).buffer))
    .digest("hex");

describe.each([
  ["drawnDigits", drawnDigits],
  ["drawnShapes", drawnShapes],
])("%s", (_, draw) => {
  it("is decided by its seed, image by image", () => {
    const set = draw({ count: 30, seed: 7 });
    expect(digest(draw({ count: 30, seed: 7 }))).toBe(digest(set));
    expect(digest(draw({ count: 30, seed: 8 }))).not.toBe(digest(set));
    expect(digest(draw({ count: 12, seed: 7 }))).toBe(digest(takeFirst(set, 12)));
  });

  it("draws no image twice, and as many of each class", () => {
    const set = draw({ count: 300, seed: 1 });
    const size = sampleSize(set);
    const all = samples(set);
    const images = Array.from({ length: 300 }, (_, i) => all.subarray(i * size, (i + 1) * size).join());
    expect(new Set(images).size).toBe(300);
    const counts = new Array<number>(10).fill(0);
    for (const label of set.labels) counts[label] = (counts[label] ?? 0) + 1;
    expect(counts).toEqual(new Array(10).fill(30));
    expect(all.every(Number.isFinite)).toBe(true);
  });

  it("is beyond a linear classifier", () => {
    // On MNIST as little training reaches 85 %.
    const accuracy = linearAccuracy(draw({ count: 1000, seed: 1 }), draw({ count: 300, seed: 2 }));
    expect(accuracy).toBeLessThan(0.65);
  });

  it("refuses counts that make no sense", () => {
    for (const count of [0, -1, 1.5, Number.NaN, 1e9])
      expect(() => draw({ count, seed: 1 })).toThrow(/INVALID_OPTION/);
  });
});

describe("outlines", () => {
  it("cover what their areas say", () => {
    const areas: Readonly<Record<string, number>> = {
      circle: Math.PI * 0.9 ** 2,
      ring: Math.PI * (0.98 ** 2 - 0.5 ** 2),
      triangle: (3 * Math.sqrt(3)) / 4,
      square: 2,
      bar: 4 * 0.3,
      cross: 4 * 0.3 * 2 - 4 * 0.3 ** 2,
      star: 10 * 0.5 * 0.42 * Math.sin(Math.PI / 5),
      arrow: 0.56 * 1.05 + 0.5 * 1.6 * 0.9,
    };
    const steps = 400;
    for (const { name, distance } of OUTLINES) {
      const area = areas[name];
      if (area === undefined) continue;
      let inside = 0;
      for (let i = 0; i < steps; i++)
        for (let j = 0; j < steps; j++)
          if (distance((2.4 * (i + 0.5)) / steps - 1.2, (2.4 * (j + 0.5)) / steps - 1.2) < 0) inside++;
      expect((inside * 2.4 ** 2) / steps ** 2, name).toBeCloseTo(area, 1.5);
    }
  });
});

/** Softmax regression by stochastic gradient descent: 8 epochs, a falling rate. */
function linearAccuracy(train: LabelledSet<"float32">, test: LabelledSet<"float32">): number {
  const size = sampleSize(train);
  const weights = new Float64Array(10 * (size + 1));
  const [x, held] = [samples(train), samples(test)];
  const logits = new Float64Array(10);
  const score = (all: Float32Array, i: number): void => {
    for (let k = 0; k < 10; k++) {
      let sum = weights[k * (size + 1) + size] as number;
      for (let j = 0; j < size; j++)
        sum += (weights[k * (size + 1) + j] as number) * (all[i * size + j] as number);
      logits[k] = sum;
    }
  };
  const epochs = 8;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = (0.02 * (1 - epoch / epochs) * 784) / size;
    for (let n = 0; n < train.count; n++) {
      const i = (n * 7919 + epoch) % train.count;
      score(x, i);
      const most = Math.max(...logits);
      const total = logits.reduce((sum, value) => sum + Math.exp(value - most), 0);
      for (let k = 0; k < 10; k++) {
        const slope = Math.exp((logits[k] as number) - most) / total - (train.labels[i] === k ? 1 : 0);
        const row = k * (size + 1);
        for (let j = 0; j < size; j++)
          weights[row + j] = (weights[row + j] as number) - rate * slope * (x[i * size + j] as number);
        weights[row + size] = (weights[row + size] as number) - rate * slope;
      }
    }
  }
  let right = 0;
  for (let i = 0; i < test.count; i++) {
    score(held, i);
    if (logits.indexOf(Math.max(...logits)) === test.labels[i]) right++;
  }
  return right / test.count;
}
