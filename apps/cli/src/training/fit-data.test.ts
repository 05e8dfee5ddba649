import { createHash } from "node:crypto";
import { drawnDigits } from "@espalier/data";
import type { InputCard } from "@espalier/interchange";
import { type EspalierError, GraphBuilder, type Model } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { testBatches, trainingBatches } from "./batch-sources.js";
import { type FittedData, fitData, type WantedData } from "./fit-data.js";

const host = {
  sha256: async (bytes: Uint8Array | readonly Uint8Array[]): Promise<string> => {
    const hash = createHash("sha256");
    for (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) hash.update(chunk);
    return hash.digest("hex");
  },
};

function network(dims: readonly (number | string)[] = ["N", 1, 28, 28]): Model {
  const b = new GraphBuilder();
  b.output(b.op("Flatten", [b.input("image", dims)]), "logits");
  return b.model();
}

const fitted = (more: Partial<WantedData> = {}, model = network()): Promise<FittedData> => {
  const wanted = {
    name: "digits",
    batch: null,
    samples: 128,
    dims: {},
    card: null,
    classNames: null,
    place: {},
    ...more,
  };
  return fitData(model, wanted, host);
};
const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: EspalierError) => `${error.code}: ${error.context.expected}; ${error.context.found}`,
  );
const card = (more: Partial<InputCard["inputs"][number]>): InputCard => ({
  inputs: [{ name: "image", layout: "NCHW", channels: "grey", ...more }],
});

describe("a data set fitted to a network", () => {
  it("goes in as the input card says, and has another digest then", async () => {
    const plain = await fitted();
    const prepared = await fitted({ card: card({ range: [-1, 1], mean: [0.25], std: [0.5] }) });
    const [a, b] = [plain, prepared].map(({ test }) => {
      const values = new Float32Array(28 * 28);
      test.read(3, values);
      return values;
    }) as [Float32Array, Float32Array];
    for (const [i, value] of a.entries()) expect(b[i]).toBeCloseTo((2 * value - 1 - 0.25) / 0.5, 5);
    expect(plain.digests.sha256).not.toBe(prepared.digests.sha256);
    expect(plain.withoutCard).toContain("no input card");
    expect(prepared.withoutCard).toBeNull();
    // A card that says what the set does anyway changes nothing.
    expect((await fitted({ card: card({ range: [0, 1] }) })).digests).toEqual(plain.digests);
  });

  it("binds the batch, and takes the network's own where that is fixed", async () => {
    expect(await fitted({ batch: 16, dims: { N: 1 } })).toMatchObject({ batch: 16, bindings: { N: 16 } });
    const fixed = await fitted({}, network([3, 1, 28, "side"]));
    expect(fixed).toMatchObject({ batch: 3, testBatch: 3, bindings: { side: 28 } });
    // Accuracies are counted on the whole test part, whatever the batch.
    expect(fixed.digests.testCount).toBe(2000);
    const large = await fitted({ samples: null }, network([2048, 1, 28, 28]));
    expect(large).toMatchObject({ testBatch: 2048, digests: { testCount: 2000 } });
    expect(await refusal(fitted({ batch: 16 }, network([3, 1, 28, 28])))).toBe("INVALID_OPTION: 3; 16");
    expect(await refusal(fitted({ batch: 129 }))).toBe("INVALID_OPTION: at most 128 samples; 129");
    const wide = fitted({}, network([129, 1, 28, 28]));
    await expect(wide).rejects.toMatchObject({
      context: { where: '"image", an input of one batch size', unblock: "Raise --samples." },
    });
  });

  it("is refused with both shapes", async () => {
    expect(await refusal(fitted({ name: "shapes" }))).toBe(
      "DATA_UNFIT: float32 of 1 × 28 × 28 a sample; float32 of 3 × 32 × 32 a sample",
    );
    expect(await refusal(fitted({ card: card({ layout: "NHWC" }) }))).toMatch(/^DATA_UNFIT: NHWC/);
    expect(await refusal(fitted({ classNames: ["cat", "dog"] }))).toMatch(/^DATA_UNFIT: "cat", "dog"/);
  });

  it("gives every sample of an epoch once, in another order every time", async () => {
    const data = await fitted();
    const source = trainingBatches(data.train, { input: "image", batch: 32, seed: 1, augment: null });
    const sums = async (epoch: number): Promise<number[]> => {
      const found: number[] = [];
      for (let i = 0; i < source.stepsPerEpoch; i++) {
        const { data: values } = (await source.batch(epoch, i)).image as { data: Float32Array };
        for (let s = 0; s < 32; s++)
          found.push(values.subarray(s * 784, (s + 1) * 784).reduce((sum, value) => sum + value, 0));
      }
      return found;
    };
    const [first, second, again] = [await sums(0), await sums(1), await sums(0)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(second);
    const sorted = (list: number[]): number[] => [...list].sort((a, b) => a - b);
    expect(sorted(first)).toEqual(sorted(second));
    const test = testBatches(data.test, { input: "image", batch: 100 });
    const labels = (await test.batch(0)).labels as { data: BigInt64Array };
    expect([...labels.data].map(Number)).toEqual([...drawnDigits({ count: 100, seed: 2 }).labels]);
  });
});
