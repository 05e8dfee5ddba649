// The zoo on ONNX Runtime: every network runs, and imported checkpoints compute what their source computes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { defaultHandlers, findCoupledGroups, modelBytes, randomInputs } from "@espalier/core";
import {
  DataType,
  floatTensor,
  inferFacts,
  type Model,
  readFloats,
  readModel,
  resolveBindings,
  type Tensor,
} from "@espalier/ir";
import {
  importLlama2c,
  lenet5,
  llama,
  loadWeights,
  mobilenetV1,
  mobilenetV2,
  readSafetensors,
  resnet20,
  resnet50,
  textTransformer,
  vgg16,
  writeSafetensors,
  ZOO_NETWORKS,
} from "@espalier/zoo";
import { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { randomRemoval, slicedAgainstMasked } from "../conformance/sliced-equals-masked.js";
import { dataFolder, readModelBytes } from "../data-folder.js";
import { realInputs } from "../real-inputs.js";

type Inputs = Readonly<Record<string, RuntimeTensor>>;

async function logits(
  bytes: Uint8Array,
  inputs: Inputs,
): Promise<{ data: Float32Array; dims: readonly number[] }> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const { logits: output } = await session.run(inputs);
  await session.release();
  return { data: output?.data as Float32Array, dims: output?.dims ?? [] };
}

/** max|a − b| / max|a| */
function maxRel(a: Float32Array, b: Float32Array): number {
  let [difference, scale] = [0, 1e-6];
  for (const [i, value] of a.entries()) {
    difference = Math.max(difference, Math.abs(value - (b[i] as number)));
    scale = Math.max(scale, Math.abs(value));
  }
  return a.length === b.length ? difference / scale : Number.POSITIVE_INFINITY;
}

function randomFeeds(model: Model, dims: Readonly<Record<string, number>> = {}): Inputs {
  const facts = inferFacts(model, { bindings: resolveBindings(model, dims).bindings });
  const [feeds = {}] = randomInputs(model, facts, defaultHandlers(), { seed: 1, count: 1 });
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { dataType, data, dims }]) => [
      name,
      dataType === DataType.INT64
        ? new RuntimeTensor("int64", data as BigInt64Array, dims)
        : new RuntimeTensor("float32", data as Float32Array, dims),
    ]),
  );
}

describe("every network of the zoo", () => {
  for (const { builder, build, dims } of ZOO_NETWORKS) {
    it(`${builder} runs and gives finite logits that differ`, async () => {
      const model = build();
      const shape = model.graph.outputs[0]?.type;
      const output = await logits(modelBytes(model), randomFeeds(model, dims));
      expect(output.data.every(Number.isFinite)).toBe(true);
      expect(new Set(output.data).size).toBeGreaterThan(output.data.length / 2);
      expect(shape?.kind === "tensor" && shape.shape?.length).toBe(output.dims.length);
    });
  }
});

/** The embedding table with other numbers for token 0. */
function repaint(bytes: Uint8Array): Tensor {
  for (const { name, initializer } of readModel(bytes).graph.initializers)
    if (name === "embeddings.token.weight" && initializer !== null)
      return floatTensor(initializer.dims, readFloats(initializer).slice().fill(3, 0, initializer.dims[1]));
  throw new Error("no embedding");
}

describe("the text transformer", () => {
  const ids = (row: readonly number[]): RuntimeTensor =>
    new RuntimeTensor(
      "int64",
      BigInt64Array.from({ length: 16 }, (_, i) => BigInt(row[i] ?? 0)),
      [1, 16],
    );

  for (const norm of ["pre", "post"] as const) {
    for (const pooling of ["mean", "first"] as const) {
      it(`with ${norm}-normalisation and the ${pooling} pooled sees no padding`, async () => {
        const options = { length: 16, norm, pooling, activation: "relu", pad: 0 } as const;
        const bytes = modelBytes(textTransformer(options));
        const text = [5, 9, 200, 31];
        const short = await logits(bytes, { tokens: ids(text) });
        // The same words in the same places with padding of another look: nothing else may depend on it.
        const repainted = loadWeights(
          readModel(bytes),
          new Map([["embeddings.token.weight", repaint(bytes)]]),
        );
        const same = await logits(modelBytes(repainted.model), { tokens: ids(text) });
        expect(maxRel(short.data, same.data)).toBeLessThan(1e-5);
        const longer = await logits(bytes, { tokens: ids([...text, 77]) });
        expect(maxRel(short.data, longer.data)).toBeGreaterThan(1e-4);
        const empty = await logits(bytes, { tokens: ids([]) });
        expect(empty.data.every(Number.isFinite)).toBe(true);
      });
    }
  }
});

describe("what is sliced out of a network computes what masking it does", () => {
  const networks: readonly [name: string, model: Model][] = [
    ["LeNet-5", lenet5({ width: 0.4 })],
    ["VGG-16", vgg16({ width: 0.125 })],
    ["ResNet-20", resnet20()],
    ["ResNet-50", resnet50({ width: 0.125, resolution: 64, classes: 10 })],
    ["MobileNetV1", mobilenetV1({ width: 0.25, resolution: 64 })],
    ["MobileNetV2", mobilenetV2({ width: 0.35, resolution: 64 })],
    ["text transformer", textTransformer({ length: 16, classes: 4 })],
    [
      "text transformer, first token",
      textTransformer({ length: 16, norm: "post", pooling: "first", classes: 4 }),
    ],
  ];
  const handlers = defaultHandlers();
  for (const [name, model] of networks) {
    it(name, async () => {
      const facts = inferFacts(model);
      const analysis = findCoupledGroups(model, facts, handlers);
      const removal = randomRemoval(
        analysis.groups.filter(({ exact }) => exact),
        1,
      );
      expect(removal.size).toBeGreaterThan(0);
      const { maxRel, telling } = await slicedAgainstMasked(model, facts, analysis, removal, handlers, 1);
      expect(telling).toBe(true);
      expect(maxRel).toBeLessThan(1e-5);
    });
  }
});

describe("the decoder", () => {
  it("sees no token that comes later", async () => {
    const bytes = modelBytes(llama({ tied: false, layers: 2 }));
    const run = (row: readonly number[]): ReturnType<typeof logits> =>
      logits(bytes, { tokens: new RuntimeTensor("int64", BigInt64Array.from(row, BigInt), [1, row.length]) });
    const [short, long] = [await run([1, 7, 300]), await run([1, 7, 300, 44, 5])];
    expect(long.dims).toEqual([1, 5, 512]);
    expect(maxRel(short.data, long.data.subarray(0, 3 * 512))).toBeLessThan(1e-5);
    const other = await run([1, 8, 300]);
    expect(maxRel(short.data.subarray(512), other.data.subarray(512))).toBeGreaterThan(1e-3);
  });
});

describe.skipIf(dataFolder === null)("imported checkpoints", () => {
  it("stories260K.bin computes what its ONNX form computes, on the tokens of stories", async () => {
    const folder = join(dataFolder ?? "", "stories260k");
    const { config, model } = importLlama2c(new Uint8Array(readFileSync(join(folder, "stories260K.bin"))));
    expect(config).toEqual({
      ...{
        dim: 64,
        hiddenDim: 172,
        layers: 5,
        heads: 8,
        kvHeads: 4,
        vocabulary: 512,
        maxLength: 512,
        tied: true,
      },
    });
    const sampled = gunzipSync(readFileSync(join(folder, "sampled_tokens_128x256.u16le.gz")));
    const [rows, length] = [2, 256];
    const ids = BigInt64Array.from({ length: rows * length }, (_, i) => BigInt(sampled.readUInt16LE(2 * i)));
    const inputs = { tokens: new RuntimeTensor("int64", ids, [rows, length]) };
    const expected = await logits(readModelBytes("stories260k"), inputs);
    const found = await logits(modelBytes(model), inputs);
    expect(found.dims).toEqual(expected.dims);
    expect(maxRel(expected.data, found.data)).toBeLessThan(1e-5);
  });

  it("a pretrained ResNet-20 fits the zoo's, weight by weight, and computes the same", async () => {
    const bytes = readModelBytes("cifar10-resnet20");
    const tensors = new Map<string, Tensor>();
    for (const { name, initializer } of readModel(bytes).graph.initializers)
      if (initializer !== null && initializer.dataType === DataType.FLOAT) tensors.set(name, initializer);
    const { model, loaded, missing, unexpected } = loadWeights(
      resnet20(),
      readSafetensors(writeSafetensors(tensors)).tensors,
    );
    // 19 convolutions, 19 normalisations with two statistics each, one linear layer; the rest are pads' values.
    expect([loaded.length, missing, unexpected]).toEqual([
      19 + 4 * 19 + 2,
      [],
      ["layer2.0.pv", "layer3.0.pv"],
    ]);
    for (const feeds of await realInputs("cifar10-resnet20")) {
      const { data, dims } = feeds.input as { data: Float32Array; dims: readonly number[] };
      const inputs = { input: new RuntimeTensor("float32", data, dims) };
      const [expected, found] = [await logits(bytes, inputs), await logits(modelBytes(model), inputs)];
      expect(maxRel(expected.data, found.data)).toBeLessThan(1e-5);
    }
  });
});
