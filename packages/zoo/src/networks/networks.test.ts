// The networks against the figures of their papers: parameters, MACs, and the groups that their topology makes.

import {
  countMacs,
  defaultHandlers,
  findCoupledGroups,
  type GroupAnalysis,
  type HandlerRegistry,
  modelBytes,
} from "@espalier/core";
import {
  type Facts,
  inferFacts,
  isEspalierError,
  type Model,
  readFloats,
  resolveBindings,
  type Tensor,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { countTrained, namedWeights } from "../parameters.js";
import { ZOO_NETWORKS } from "./all.js";
import { resnet20, resnet32, resnet56, resnet110 } from "./cifar-resnet.js";
import { conv2, conv4, conv6 } from "./conv-net.js";
import { lenet5 } from "./lenet-5.js";
import { lenet300100 } from "./lenet-300-100.js";
import { llama } from "./llama.js";
import { mobilenetV1 } from "./mobilenet-v1.js";
import { mobilenetV2 } from "./mobilenet-v2.js";
import { divisibleChannels } from "./options.js";
import { resnet50 } from "./resnet-50.js";
import { textTransformer } from "./text-transformer.js";
import { vgg16 } from "./vgg-16.js";

const handlers: HandlerRegistry = defaultHandlers();

const built = new Map<() => Model, Model>();

/** What `build` gives without options, built once for all tests: they do not change it. */
function once(build: () => Model): Model {
  const model = built.get(build) ?? build();
  built.set(build, model);
  return model;
}

function bound(model: Model, dims: Readonly<Record<string, number>> = {}): Facts {
  return inferFacts(model, { bindings: resolveBindings(model, dims).bindings });
}

function macs(model: Model, dims?: Readonly<Record<string, number>>): number {
  return countMacs(model, bound(model, dims), handlers).total ?? Number.NaN;
}

/** MACs by node; those of one pass. */
function layerMacs(model: Model): Record<string, number | null> {
  const { nodes } = countMacs(model, bound(model), handlers);
  return Object.fromEntries(nodes.map(({ node, macs }) => [node.name, macs]));
}

/** Values of the weights alone: no biases, no γ and β. */
function weights(model: Model, of: RegExp = /./): number {
  let count = 0;
  for (const { name, initializer } of model.graph.initializers)
    if (of.test(name) && name.endsWith(".weight") && (initializer?.dims.length ?? 0) > 1)
      count += initializer?.size ?? 0;
  return count;
}

function analysed(model: Model): GroupAnalysis {
  return findCoupledGroups(model, inferFacts(model), handlers);
}

const vggQuarter = (): Model => vgg16({ width: 0.25 });
const resnetQuarter = (): Model => resnet50({ width: 0.25 });

const millions = (count: number, digits: number): string => (count / 1e6).toFixed(digits);

describe("parameters and MACs", () => {
  it("LeNet-300-100: 235,200 + 30,000 + 1,000 weights, 267K with biases (Han et al. 2015, table 2)", () => {
    const model = once(lenet300100);
    expect([1, 2, 3].map((i) => weights(model, new RegExp(`^fc${i}`)))).toEqual([235_200, 30_000, 1_000]);
    expect(countTrained(model)).toBe(266_610);
    expect(macs(model)).toBe(266_200);
  });

  it("LeNet-5: 430,500 weights; 288K, 1600K, 400K and 5K MACs (Han et al. 2015, table 3)", () => {
    const model = once(lenet5);
    expect(weights(model)).toBe(430_500);
    expect(layerMacs(model)).toEqual({ conv1: 288_000, conv2: 1_600_000, fc1: 400_000, fc2: 5_000 });
  });

  it("Conv-2, Conv-4: 4.3M and 2.4M weights, of which 38K and 260K convolve (Frankle & Carbin, figure 2)", () => {
    const models = [once(conv2), once(conv4)];
    expect(models.map((model) => millions(weights(model), 1))).toEqual(["4.3", "2.4"]);
    expect(models.map((model) => weights(model, /^conv/))).toEqual([38_592, 259_776]);
  });

  it("Conv-6: 1.1M weights convolve, as printed; all weights are 2.26M, where the paper prints 1.7M", () => {
    const model = once(conv6);
    expect(millions(weights(model, /^conv/), 1)).toBe("1.1");
    expect(weights(model, /^fc/)).toBe(4 * 4 * 256 * 256 + 256 * 256 + 256 * 10);
    expect(weights(model)).toBe(2_261_184);
  });

  it("VGG-16: 313.46M MACs and 14.98M weights (Li et al. 2017, table 1 and §4.1)", () => {
    const model = once(vgg16);
    expect([millions(macs(model), 2), millions(weights(model), 2)]).toEqual(["313.46", "14.98"]);
  });

  it("CIFAR ResNets: 0.27M, 0.46M, 0.85M, 1.7M parameters (He et al. 2016, table 6)", () => {
    const models = [once(resnet20), once(resnet32), once(resnet56), once(resnet110)];
    expect(models.map((model) => millions(countTrained(model), 2))).toEqual(["0.27", "0.46", "0.85", "1.73"]);
  });

  it("ResNet-56: 1.25e8 MACs, ResNet-110: 2.53e8 (Li et al. 2017, table 1)", () => {
    expect(macs(once(resnet56)).toExponential(2)).toBe("1.25e+8");
    expect(macs(once(resnet110)).toExponential(2)).toBe("2.53e+8");
  });

  it("ResNet-50: 25,557,032 parameters as in torchvision, 4.1G MACs", () => {
    const model = once(resnet50);
    expect(countTrained(model)).toBe(25_557_032);
    expect(millions(macs(model) / 1000, 1)).toBe("4.1");
  });

  it("MobileNetV1: 4.2M and 569M; 2.6M and 325M at 0.75; 1.3M and 149M at 0.5; 0.5M and 41M at 0.25 (table 6)", () => {
    const found = [1, 0.75, 0.5, 0.25].map((width) => {
      const model = mobilenetV1({ width });
      return [millions(countTrained(model), 1), millions(macs(model), 0)];
    });
    expect(found).toEqual([
      ["4.2", "569"],
      ["2.6", "325"],
      ["1.3", "149"],
      ["0.5", "41"],
    ]);
  });

  it("MobileNetV2: 3,504,872 parameters as in torchvision (the paper: 3.4M), 300M MACs", () => {
    const model = once(mobilenetV2);
    expect(countTrained(model)).toBe(3_504_872);
    expect(Math.round(macs(model) / 1e7)).toBe(30);
  });

  it("MobileNetV2 by width: 582M, 209M, 97M, 59M MACs and 6.06M, 2.61M, 1.95M, 1.66M weights", () => {
    // The table beside the authors' checkpoints (tensorflow/models, mobilenet), which leaves γ and β out.
    const found = [1.4, 0.75, 0.5, 0.35].map((width) => {
      const model = mobilenetV2({ width });
      return [millions(macs(model), 0), millions(weights(model) + 1000, 2)];
    });
    expect(found).toEqual([
      ["582", "6.06"],
      ["209", "2.61"],
      ["97", "1.95"],
      ["59", "1.66"],
    ]);
  });

  it("MobileNetV2 by resolution: 221M, 154M, 99M, 56M MACs at 192, 160, 128, 96", () => {
    const found = [192, 160, 128, 96].map((resolution) => macs(mobilenetV2({ resolution })) / 1e6);
    for (const [i, expected] of [221, 154, 99, 56].entries())
      expect(Math.abs((found[i] as number) - expected)).toBeLessThan(1);
  });

  it("Llama: 260,032 parameters with the embedding shared, 32,768 more without", () => {
    expect(countTrained(once(llama))).toBe(260_032);
    expect(countTrained(llama({ tied: false }))).toBe(260_032 + 512 * 64);
  });

  it("text transformer: embeddings, 12 D² + 13 D a block, one more normalisation, the classifier", () => {
    const D = 64;
    const block = 12 * D * D + 13 * D;
    expect(countTrained(once(textTransformer))).toBe(1024 * D + 64 * D + 2 * block + 2 * D + 2 * D + 2);
  });
});

describe("coupled groups", () => {
  const expected: readonly [
    name: string,
    model: () => Model,
    groups: number,
    inexact: number,
    why: string,
  ][] = [
    ["LeNet-300-100", lenet300100, 2, 0, "the hidden layers"],
    ["LeNet-5", lenet5, 3, 0, "two convolutions and a hidden layer"],
    ["Conv-2", () => conv2({ width: 0.25 }), 2 + 2, 0, "convolutions and hidden layers"],
    ["Conv-4", () => conv4({ width: 0.25 }), 4 + 2, 0, "the same"],
    ["Conv-6", () => conv6({ width: 0.25 }), 6 + 2, 0, "the same"],
    ["VGG-16", vggQuarter, 13 + 1, 0, "the same"],
    [
      "ResNet-20",
      resnet20,
      9 + 3,
      0,
      "the middle of each block; three streams, of which two are what stages add",
    ],
    ["ResNet-32", resnet32, 15 + 3, 0, "the same"],
    ["ResNet-56", resnet56, 27 + 3, 0, "the same"],
    ["ResNet-110", resnet110, 54 + 3, 0, "the same"],
    [
      "ResNet-50",
      resnetQuarter,
      1 + 2 * 16 + 4,
      0,
      "the stem, two inside each block, the stream of each stage",
    ],
    ["MobileNetV1", mobilenetV1, 1 + 13, 0, "the stem and each 1 × 1, with the depthwise that follows"],
    ["MobileNetV2", mobilenetV2, 1 + 16 + 7 + 1, 0, "the stem, 16 expansions, seven streams, the last"],
    [
      "text transformer",
      textTransformer,
      2 * 4 + 1,
      1,
      "heads, their two dimensions, the hidden layer; the stream",
    ],
    ["Llama", llama, 5 * 6 + 2, 1, "six a layer, the pairs that rotary tables share; the stream"],
  ];
  for (const [name, build, groups, inexact, why] of expected) {
    it(`${name}: ${groups} (${why}), nothing dense but the classes`, () => {
      const analysis = analysed(once(build));
      expect(analysis.groups).toHaveLength(groups);
      expect(analysis.groups.filter(({ exact }) => !exact)).toHaveLength(inexact);
      for (const { reason } of analysis.dense) expect(reason.code).toBe("GRAPH_OUTPUT");
    });
  }
});

describe("every network", () => {
  /** A quarter of the channels, where the rest would only take time. */
  const narrow: Readonly<Record<string, (options: { seed: number }) => Model>> = {
    conv2: ({ seed }) => conv2({ seed, width: 0.25 }),
    conv4: ({ seed }) => conv4({ seed, width: 0.25 }),
    conv6: ({ seed }) => conv6({ seed, width: 0.25 }),
    vgg16: ({ seed }) => vgg16({ seed, width: 0.25 }),
    resnet50: ({ seed }) => resnet50({ seed, width: 0.25 }),
  };
  for (const { builder, build } of ZOO_NETWORKS) {
    it(`${builder} is the same for the same seed, other for another, in opset 17 and IR version 8`, () => {
      const make = narrow[builder] ?? build;
      const model = make === build ? once(build) : make({ seed: 1 });
      expect(Buffer.compare(modelBytes(make({ seed: 1 })), modelBytes(model))).toBe(0);
      const [ours, theirs] = [drawnWeights(model), drawnWeights(make({ seed: 2 }))];
      expect(ours.length).toBeGreaterThan(0);
      for (const [i, one] of ours.entries()) expect(Buffer.compare(one, theirs[i] as Uint8Array)).not.toBe(0);
      expect([model.irVersion, model.opsets.get("")]).toEqual([8, 17]);
    });
  }
});

/** Bytes of all weights with more than one axis. */
function drawnWeights(model: Model): Uint8Array[] {
  return [...model.graph.initializers].flatMap(({ name, initializer }) =>
    initializer !== null && name.endsWith(".weight") && initializer.dims.length > 1
      ? [initializer.bytes()]
      : [],
  );
}

describe("weights begin with the variance of their initialiser", () => {
  const cases: readonly [what: string, model: () => Model, weight: string, variance: number][] = [
    ["Gaussian Glorot", lenet300100, "fc1.weight", 2 / (784 + 300)],
    ["Caffe's xavier", lenet5, "fc1.weight", 1 / 800],
    ["Gaussian Glorot", () => conv4({ width: 0.5 }), "conv4.weight", 2 / (9 * (64 + 64))],
    ["He by fan-out", vggQuarter, "features.7.weight", 2 / (9 * 32)],
    ["N(0, 0.01²)", vggQuarter, "classifier.0.weight", 0.0001],
    ["He by fan-in", resnet20, "layer3.0.conv1.weight", 2 / (9 * 32)],
    ["He by fan-out", resnetQuarter, "layer3.1.conv3.weight", 2 / 256],
    ["He by fan-in, depthwise", mobilenetV1, "features.13.0.weight", 2 / 9],
    ["He by fan-in, depthwise", mobilenetV2, "features.17.conv.1.0.weight", 2 / 9],
    ["Glorot uniform", textTransformer, "layers.0.fc1.weight", 2 / (64 + 256)],
    ["N(0, 0.02²)", textTransformer, "embeddings.token.weight", 0.0004],
    ["N(0, 0.02²)", llama, "layers.4.feed_forward.w1.weight", 0.0004],
    ["N(0, 0.02² / 2 layers)", llama, "layers.4.feed_forward.w2.weight", 0.0004 / 10],
    ["N(0, 0.02² / 2 layers)", llama, "layers.0.attention.wo.weight", 0.0004 / 10],
  ];
  for (const [what, build, name, variance] of cases) {
    it(`${name}: ${what}`, () => {
      const values = readFloats(namedWeights(once(build)).get(name) as Tensor);
      const squares = values.reduce((sum, x) => sum + x * x, 0) / values.length;
      // Five standard errors of the variance of as many normal numbers.
      expect(Math.abs(squares / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    });
  }
});

describe("options", () => {
  it("widths change every layer, the interface stays", () => {
    const half = resnet20({ width: 0.5, classes: 100 });
    expect(weights(half, /^conv1/)).toBe(8 * 3 * 9);
    expect(weights(half, /^linear/)).toBe(32 * 100);
    expect(
      analysed(half)
        .groups.map(({ width }) => width)
        .slice(0, 4),
    ).toEqual([8, 8, 8, 8]);
  });

  it("rounds channels to multiples of eight, never a tenth below", () => {
    expect([0.35, 0.5, 0.75, 1.4].map((width) => divisibleChannels(24, width))).toEqual([8, 16, 24, 32]);
    expect(divisibleChannels(16, 0.25)).toBe(8);
    expect(divisibleChannels(1280, 1.4)).toBe(1792);
  });

  it("leaves Dropout out unless it is asked for", () => {
    const named = (model: Model): number =>
      [...model.graph.nodes].filter(({ opType }) => opType === "Dropout").length;
    expect([conv2({ width: 0.1 }), mobilenetV2(), textTransformer()].map(named)).toEqual([0, 0, 0]);
    expect(named(conv2({ dropout: 0.5, width: 0.1 }))).toBe(2);
    expect(named(mobilenetV2({ dropout: 0.2 }))).toBe(1);
    expect(named(textTransformer({ dropout: 0.1 }))).toBe(5);
  });

  const refused: readonly [what: string, where: string, build: () => Model][] = [
    ["no classes", "classes", () => lenet5({ classes: 0 })],
    ["half a class", "classes", () => resnet20({ classes: 1.5 })],
    ["no width", "width", () => vgg16({ width: 0 })],
    ["NaN", "width", () => mobilenetV2({ width: Number.NaN })],
    ["a seed that is no whole number", "seed", () => resnet50({ seed: 0.5 })],
    ["dropout of everything", "dropout", () => conv2({ dropout: 1 })],
    ["heads that do not divide", "width", () => textTransformer({ width: 30, heads: 4 })],
    ["padding outside the vocabulary", "pad", () => textTransformer({ pad: 1024 })],
    ["an odd head", "dim", () => llama({ dim: 24 })],
    ["key heads that do not divide", "heads", () => llama({ kvHeads: 3 })],
    ["a sequence whose mask would not fit", "maxLength", () => llama({ maxLength: 5000 })],
  ];
  for (const [what, where, build] of refused) {
    it(`refuses ${what}`, () => {
      try {
        build();
      } catch (error) {
        if (!isEspalierError(error, "INVALID_OPTION")) throw error;
        expect(error.context.where).toBe(where);
        return;
      }
      throw new Error("it was built");
    });
  }
});
