// The gradients of all weights of whole networks, as a training step computes them, against PyTorch's autograd in float64.
// test/gradients/make_model_golden.py says how the references are made.

import { readFileSync } from "node:fs";
import type { Feeds, RuntimeTensor } from "@espalier/core";
import { DataType, type Model, readModel } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { buildStepGraph, crossEntropy, defaultGradients, type Optimiser } from "@espalier/train";
import { describe, expect, it } from "vitest";
import { dataFolder, readModelBytes } from "../data-folder.js";

interface Summary {
  readonly dims: readonly number[];
  readonly max: number;
  readonly norm: number;
  readonly sums: readonly number[];
  readonly entries: string;
}

interface Reference {
  readonly name: string;
  readonly bindings: Readonly<Record<string, number>>;
  readonly batchStatistics: boolean;
  readonly loss: number;
  readonly weights: Readonly<Record<string, Summary>>;
}

const GOLDEN = new URL("../gradients/golden/", import.meta.url);
const REFERENCES = readFileSync(new URL("models.jsonl", GOLDEN), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Reference);

/** Largest difference allowed, by the largest entry of a tensor; and of sums, by its norm. */
const TOLERANCE = 1e-3;

/** Its "weights" after a step are the gradients. */
const gradientsAlone: Optimiser = {
  name: "gradients",
  slots: [],
  scalars: () => ({}),
  update: ({ gradient }) => ({ weight: gradient, slots: [] }),
};

describe("gradients of whole networks against PyTorch", () => {
  for (const reference of REFERENCES) {
    const { name, batchStatistics } = reference;
    const bundled = name === "text-transformer";
    it.skipIf(!bundled && dataFolder === null)(
      `${name}${batchStatistics ? ", normalised by the batch" : ""}`,
      async () => {
        const model = readModel(
          bundled ? new Uint8Array(readFileSync(new URL(`${name}.onnx`, GOLDEN))) : readModelBytes(name),
        );
        const { loss, gradients } = await gradientsOf(model, reference);
        expect(Math.abs(loss / reference.loss - 1)).toBeLessThan(1e-5);
        expect([...gradients.keys()].sort()).toEqual(Object.keys(reference.weights).sort());
        const largest = Math.max(...Object.values(reference.weights).map(({ max }) => max));
        for (const [weight, summary] of Object.entries(reference.weights)) {
          const gradient = gradients.get(weight) as RuntimeTensor;
          if (summary.max > 1e-12 * largest) compare(weight, gradient, summary);
          else {
            // A bias that what follows takes out again has gradient 0 but for rounding errors: Softmax does not see what
            // all keys have in common, and a normalisation by the batch not what all samples have.
            expect(weight).toMatch(/bias$/);
            expect(maxOf(gradient.data as Float32Array) / largest, weight).toBeLessThan(1e-6);
          }
        }
      },
    );
  }
});

async function gradientsOf(
  model: Model,
  { name: network, bindings, batchStatistics }: Reference,
): Promise<{ loss: number; gradients: Map<string, RuntimeTensor> }> {
  const step = buildStepGraph({
    ...{ model, bindings, rules: defaultGradients(), loss: crossEntropy(), optimiser: gradientsAlone },
    ...{ frozenStatistics: !batchStatistics, dropout: false },
  });
  const { classes, vocabulary = 0 } = SIZES[network] as { classes: number; vocabulary?: number };
  const feeds: Feeds = Object.fromEntries([
    ...step.batch.map(({ name, dims, dataType }) => [
      name,
      { dataType, dims, data: fed(name, dims, dataType) },
    ]),
    ...[...step.parameters, ...step.others].map(({ input, dims, initial }) => [
      input,
      { dataType: DataType.FLOAT, dims, data: floatsOf(initial?.bytes() as Uint8Array) },
    ]),
  ]);
  const session = await nodeRuntime().load(step.bytes, { threads: 1 });
  const results = await session.run(feeds, [step.loss, ...step.parameters.map(({ output }) => output)]);
  await session.dispose();
  return {
    loss: Number(results[step.loss]?.data[0]),
    gradients: new Map(step.parameters.map(({ name, output }) => [name, results[output] as RuntimeTensor])),
  };

  /** The formulas of make_model_golden.py. */
  function fed(name: string, dims: readonly number[], dataType: number): Float32Array | BigInt64Array {
    const size = dims.reduce((all, one) => all * one, 1);
    if (dataType === DataType.FLOAT)
      return Float32Array.from({ length: size }, (_, i) => (((7919 * i) % 10007) / 10007) * 4 - 2);
    const at = (i: number): number =>
      name === "labels" ? (3 * i + 1) % classes : (31 * i + 7 * Math.floor(i / 5)) % vocabulary;
    return BigInt64Array.from({ length: size }, (_, i) => BigInt(at(i)));
  }
}

function compare(name: string, { dims, data }: RuntimeTensor, summary: Summary): void {
  expect(dims, name).toEqual(summary.dims);
  const gradient = data as Float32Array;
  const expected = floatsOf(Uint8Array.from(Buffer.from(summary.entries, "base64")));
  const scale = summary.max;
  const worst = Math.max(
    ...[...expected].map((entry, j) => {
      const at = Math.floor((j * gradient.length) / expected.length);
      return Math.abs((gradient[at] as number) - entry);
    }),
  );
  expect(worst / scale, `${name}: entries`).toBeLessThan(TOLERANCE);
  expect(Math.abs(maxOf(gradient) - scale) / scale, `${name}: largest entry`).toBeLessThan(TOLERANCE);
  for (const [k, factor] of SIGNS.entries()) {
    const sum = gradient.reduce((total, entry, i) => total + (Math.imul(i, factor) < 0 ? -entry : entry), 0);
    const apart = Math.abs(sum - (summary.sums[k] as number));
    expect(apart / summary.norm, `${name}: sum ${k}`).toBeLessThan(TOLERANCE);
  }
}

const SIZES: Readonly<Record<string, { readonly classes: number; readonly vocabulary?: number }>> = {
  "cifar10-resnet20": { classes: 10 },
  "cifar10-vit-pgd_2_3_16": { classes: 10 },
  stories260k: { classes: 512, vocabulary: 512 },
  "text-transformer": { classes: 3, vocabulary: 40 },
};

/** A sign is the topmost bit of the entry's number times one of these. */
const SIGNS = [2654435761, 2246822519, 3266489917, 668265263];

function maxOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
