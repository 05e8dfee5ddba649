// The data sets of the data folder against what is known about them: counts, classes, digests of the published files,
// and the preprocessing of @espalier/interchange.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  batches,
  drawnDigits,
  type LabelledSet,
  LLAMA2C_BOS,
  readLlama2cTokenizer,
  sampleImage,
  sampleSize,
  setCard,
} from "@espalier/data";
import {
  loadCifar10,
  loadDataSet,
  loadLanguage,
  loadMnist,
  loadText,
  type TrainAndTest,
} from "@espalier/data/node";
import { type CardInput, imageToTensor, inputCardBytes, readInputCard } from "@espalier/interchange";
import { DataType } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { dataFolder } from "../data-folder.js";

const place = { folder: dataFolder, cache: null, download: false };
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

function histogram({ labels, classes }: LabelledSet): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Bytes of all samples of a set that only scales them to 0 … 1. */
function pixels(set: LabelledSet<"float32">): Uint8Array {
  const size = sampleSize(set);
  const one = new Float32Array(size);
  const all = new Uint8Array(set.count * size);
  for (let i = 0; i < set.count; i++) {
    set.read(i, one);
    for (let j = 0; j < size; j++) all[i * size + j] = Math.round((one[j] as number) * 255);
  }
  return all;
}

/** The share of a set that a model gets right. */
async function accuracyOf(model: Uint8Array, set: LabelledSet): Promise<number> {
  const session = await nodeRuntime().load(model, { threads: 1 });
  let right = 0;
  for (const { input, labels, samples } of batches(set, { batch: 100, seed: 1, shuffle: false })) {
    const outputs = await session.run({ [session.inputs[0]?.name ?? ""]: input });
    const scores = Object.values(outputs)[0]?.data as Float32Array;
    const width = scores.length / samples.length;
    for (let i = 0; i < samples.length; i++) {
      const row = scores.subarray(i * width, (i + 1) * width);
      if (BigInt(row.indexOf(Math.max(...row))) === (labels.data as BigInt64Array)[i]) right++;
    }
  }
  await session.dispose();
  return right / set.count;
}

describe("drawn digits", () => {
  it("are what the network of the demo was trained to read", async () => {
    const model = readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url)));
    const digits = drawnDigits({ count: 500, seed: 3, style: "plain" });
    expect(await accuracyOf(new Uint8Array(model), digits)).toBeGreaterThan(0.99);
  });
});

describe.skipIf(dataFolder === null)("MNIST", () => {
  it("has the published bytes and classes", async () => {
    const { train, test } = await loadMnist(place);
    expect([train.count, test.count, train.input.shape]).toEqual([60_000, 10_000, [1, 28, 28]]);
    expect(histogram(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(histogram(test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    const header = Uint8Array.of(0, 0, 8, 3, 0, 0, 0x27, 0x10, 0, 0, 0, 28, 0, 0, 0, 28);
    // t10k-images-idx3-ubyte, put together again
    expect(md5(Buffer.concat([header, pixels(test)]))).toBe("2646ac647ad5339dbf082846283269ea");
  });
});

describe.skipIf(dataFolder === null)("CIFAR-10", () => {
  it("has the records of the files, and as many of each class", async () => {
    const { train, test } = await loadCifar10({ ...place, normalise: null });
    expect([train.count, test.count, train.input.shape]).toEqual([10_000, 2000, [3, 32, 32]]);
    expect(histogram(train)).toEqual(new Array(10).fill(1000));
    expect(histogram(test)).toEqual(new Array(10).fill(200));
    const file = gunzipSync(readFileSync(join(dataFolder ?? "", "cifar10/test_2k.bin.gz")));
    const again = new Uint8Array(file.length);
    const all = pixels(test);
    for (let i = 0; i < test.count; i++) {
      again[i * 3073] = test.labels[i] as number;
      again.set(all.subarray(i * 3072, (i + 1) * 3072), i * 3073 + 1);
    }
    expect(md5(again)).toBe("a37774565f550c42acab5b5492325c09");
  });

  it("is normalised exactly as its input card says", async () => {
    const { test } = (await loadDataSet("cifar10", place)) as TrainAndTest<"float32">;
    const card = readInputCard(
      inputCardBytes(setCard(test, "image", "logits") as Parameters<typeof inputCardBytes>[0]),
    );
    expect(card.labels?.[3]).toBe("cat");
    const sample = new Float32Array(3072);
    for (const index of [0, 1, 1999]) {
      test.read(index, sample);
      const image = sampleImage(test, index);
      const tensor = imageToTensor(image as NonNullable<typeof image>, card.inputs[0] as CardInput);
      expect(
        Buffer.compare(new Uint8Array(sample.buffer), new Uint8Array((tensor.data as Float32Array).buffer)),
      ).toBe(0);
    }
  });

  it("is what a network was trained on: ResNet-20 reaches its published accuracy", async () => {
    const normalise = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const { test } = await loadCifar10({ ...place, normalise });
    const model = new Uint8Array(readFileSync(join(dataFolder ?? "", "onnx/cifar10-resnet20.onnx")));
    expect(await accuracyOf(model, test)).toBeCloseTo(0.927, 3);
  });
});

describe.skipIf(dataFolder === null)("labelled text", () => {
  it("has every line, its class and a vocabulary of the training part", async () => {
    const { train, test, vocabulary } = await loadText("sst-2", place);
    expect([train.count, test.count, train.input]).toEqual([60_614, 872, { type: "int64", shape: [48] }]);
    expect(histogram(test)).toEqual([428, 444]);
    expect(vocabulary.tokens.length).toBe(10_000);
    expect(vocabulary.tokens.slice(0, 5)).toEqual(["<pad>", "<unk>", "the", ",", "a"]);
    const { input, labels } = batches(train, { batch: 2, seed: 1, shuffle: false }).read(0);
    expect(input).toMatchObject({ dataType: DataType.INT64, dims: [2, 48] });
    const ids = Array.from(input.data as BigInt64Array, Number);
    expect(vocabulary.decode(ids.slice(0, 5))).toBe("when are bears bears and");
    expect(ids.slice(5, 48).every((id) => id === 0)).toBe(true);
    expect(labels.data).toEqual(BigInt64Array.of(1n, 1n));
  });

  it("reads news without a header", async () => {
    const { train, test } = await loadText("agnews", { ...place, vocabulary: 500, length: 10 });
    expect([train.count, test.count]).toEqual([10_001, 7600]);
    expect(histogram(test)).toEqual([1900, 1900, 1900, 1900]);
  });
});

describe.skipIf(dataFolder === null)("running text", () => {
  it("is cut into characters, the end held out", async () => {
    const { train, validation, tokenizer } = await loadLanguage({ ...place, length: 64 });
    expect(tokenizer.tokens.length).toBe(66); // 65 of the text and one for all others
    expect(train.count).toBe(Math.floor((1_003_855 - 1) / 64));
    expect(tokenizer.decode(train.labels.subarray(0, 13))).toBe("irst Citizen:");
    expect(validation.count).toBe(Math.floor((111_539 - 1) / 64));
  });

  it("is cut as the tokenizer of llama2.c does", () => {
    const read = (path: string): Uint8Array =>
      new Uint8Array(readFileSync(join(dataFolder ?? "", "stories260k", path)));
    const tokenizer = readLlama2cTokenizer(read("tok512.bin"), "tok512.bin");
    expect([tokenizer.tokens.length, tokenizer.tokens[LLAMA2C_BOS]]).toEqual([512, "\n<s>\n"]);
    const stories = new TextDecoder().decode(read("tinystories_sample.txt")).split("<|endoftext|>");
    const encoded = stories.map((story) => tokenizer.encode(story.trim())).filter(({ length }) => length > 0);
    // As many tokens as the model predicted when its perplexity was measured, each story behind a BOS.
    expect(encoded.length).toBe(5);
    expect(encoded.reduce((sum, { length }) => sum + length, 0)).toBe(1804);
    expect(encoded.map((ids) => tokenizer.decode(ids))).toEqual(
      stories.slice(0, 5).map((story) => story.trim()),
    );
  });
});

describe.skipIf(dataFolder === null)("published files", () => {
  // The data folder in the place of the cache: a file there is only taken if its size and digest are the published ones.
  const kept = { folder: null, cache: dataFolder, download: false };

  it("are known by the size and digest that they have", async () => {
    expect((await loadText("sst-2", kept)).train.count).toBe(60_614);
    expect((await loadText("agnews", kept)).train.count).toBe(10_001);
    expect((await loadLanguage({ ...kept, length: 128 })).train.count).toBe(7842);
    const text = join(dataFolder ?? "", "stories260k/tinystories_sample.txt");
    const { tokenizer } = await loadLanguage({ ...kept, text, length: 16, tokenizer: "tok512" });
    expect(tokenizer.tokens.length).toBe(512);
  });

  it("are not taken in another packing: MNIST's training images are packed anew there", async () => {
    const error = await loadMnist(kept).catch((caught) => caught);
    expect(error).toMatchObject({ code: "DATA_MISSING" });
    expect(error.message).toContain("train-images-idx3-ubyte.gz");
  });
});

describe("data that is not here", () => {
  it.each(["mnist", "cifar10", "sst-2"])("is asked for by name, and says what to do: %s", async (name) => {
    const nowhere = { folder: fileURLToPath(new URL(".", import.meta.url)), cache: null, download: false };
    const error = await loadDataSet(name, nowhere).catch((caught) => caught);
    expect(error).toMatchObject({ name: "EspalierError", code: "DATA_MISSING" });
    expect(error.message).toMatch(/ESPALIER_DATA.*built-in set/);
  });

  it("is a path that leads nowhere, or a share that holds out nothing or all", async () => {
    await expect(loadLanguage({ text: "no/such.txt", length: 8 })).rejects.toThrow(
      /NOT_FOUND.*no\/such\.txt/,
    );
    for (const validation of [0, 1, 1.5, 10, Number.NaN])
      await expect(loadLanguage({ text: "no/such.txt", length: 8, validation })).rejects.toThrow(
        /INVALID_OPTION.*between 0 and 1/,
      );
  });

  it("is refused by an unknown name", async () => {
    await expect(loadDataSet("__proto__")).rejects.toThrow(/INVALID_OPTION.*digits, shapes, mnist/);
  });
});
