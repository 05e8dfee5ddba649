// The bookkeeping of Li et al. 2017, "Pruning Filters for Efficient ConvNets", arXiv:1608.08710, Table 1 and §4:
// the paper's networks, its layers pruned by L1, and the MACs and parameters it reports. Its millions for VGG-16
// are the weights of layers; its percentages for the ResNets come out with γ and β counted too (they are given to
// a tenth, and the other way is a tenth away).

import {
  floatTensor,
  GraphBuilder,
  inferFacts,
  intAttribute,
  intsAttribute,
  type Model,
  stringAttribute,
  type Value,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { uniform } from "../allocation/uniform.js";
import { findCoupledGroups } from "../groups/find-groups.js";
import { magnitude } from "../importance/magnitude.js";
import { defaultHandlers } from "../ops/all.js";
import { applySteps } from "../plan/apply-steps.js";
import type { SliceStep } from "../plan/plan.js";
import { countMacs, weightsOf } from "./macs.js";

class Net {
  readonly builder = new GraphBuilder();
  #state = 1;

  weight(name: string, ...dims: number[]): Value {
    const values = new Float32Array(dims.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) {
      this.#state = (Math.imul(this.#state, 1103515245) + 12345) | 0;
      values[i] = (this.#state >>> 8) / 2 ** 24 - 0.5;
    }
    return this.builder.weight(name, floatTensor(dims, values));
  }

  /** 3 × 3 convolution, batch normalisation, ReLU where asked; the layer has the paper's number. */
  layer(x: Value, inputs: number, outputs: number, number: number, stride = 1, relu = true): Value {
    const conv = this.builder.op("Conv", [x, this.weight(`w${number}`, outputs, inputs, 3, 3)], {
      name: `layer${number}`,
      attributes: { pads: intsAttribute([1, 1, 1, 1]), strides: intsAttribute([stride, stride]) },
    });
    const normal = this.normalise(conv, outputs);
    return relu ? this.builder.op("Relu", [normal]) : normal;
  }

  normalise(x: Value, channels: number): Value {
    const parameters = ["gamma", "beta", "mean", "variance"].map((name) =>
      this.builder.weight(name, floatTensor([channels], new Float32Array(channels).fill(1))),
    );
    return this.builder.op("BatchNormalization", [x, ...parameters]);
  }

  linear(x: Value, inputs: number, outputs: number): Value {
    return this.builder.op("Gemm", [x, this.weight("fc", outputs, inputs)], {
      attributes: { transB: intAttribute(1) },
    });
  }
}

/** VGG-16 for CIFAR-10: 13 convolutions, 512 → 512 → 10. */
function vgg16(): Model {
  const net = new Net();
  let x = net.builder.input("x", [1, 3, 32, 32]);
  let [channels, number] = [3, 1];
  for (const stage of [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ]) {
    for (const width of stage) {
      x = net.layer(x, channels, width, number++);
      channels = width;
    }
    x = net.builder.op("MaxPool", [x], {
      attributes: { kernel_shape: intsAttribute([2, 2]), strides: intsAttribute([2, 2]) },
    });
  }
  const hidden = net.normalise(net.linear(net.builder.op("Flatten", [x]), 512, 512), 512);
  net.builder.output(net.linear(net.builder.op("Relu", [hidden]), 512, 10), "y");
  return net.builder.model();
}

/** ResNet of 6n + 2 layers for CIFAR-10 with option-A shortcuts: strided, padded with zero channels. */
function resnet(n: number): Model {
  const net = new Net();
  let x = net.layer(net.builder.input("x", [1, 3, 32, 32]), 3, 16, 1);
  let [channels, number] = [16, 2];
  for (const width of [16, 32, 64]) {
    for (let block = 0; block < n; block++) {
      const stride = width !== channels ? 2 : 1;
      const inner = net.layer(x, channels, width, number++, stride);
      const outer = net.layer(inner, width, width, number++, 1, false);
      x = net.builder.op("Relu", [
        net.builder.op("Add", [outer, shortcut(net.builder, x, width - channels)]),
      ]);
      channels = width;
    }
  }
  const pooled = net.builder.op("Flatten", [net.builder.op("GlobalAveragePool", [x])]);
  net.builder.output(net.linear(pooled, 64, 10), "y");
  return net.builder.model();
}

function shortcut(net: GraphBuilder, x: Value, added: number): Value {
  if (added === 0) return x;
  const ranges = [
    [0, 0],
    [32, 32],
    [2, 3],
    [2, 2],
  ].map((values) => net.ints("range", values));
  const pads = net.ints("pads", [0, added / 2, 0, 0, 0, added / 2, 0, 0]);
  return net.op("Pad", [net.op("Slice", [x, ...ranges]), pads], {
    attributes: { mode: stringAttribute("constant") },
  });
}

interface Cost {
  readonly macs: number;
  /** Weights of layers. */
  readonly weights: number;
  /** The same with γ and β. */
  readonly trained: number;
}

/** MACs and parameters before and after the layers of `ratios` lost that fraction of their filters. */
function costs(model: Model, ratios: ReadonlyMap<number, number> = new Map()): { before: Cost; after: Cost } {
  const handlers = defaultHandlers();
  const facts = inferFacts(model);
  const analysis = findCoupledGroups(model, facts, handlers);
  const steps = [...ratios].map(([layer, ratio]): SliceStep => {
    const group = analysis.groups.find((one) => one.id === `layer${layer}_out#1`);
    if (group === undefined) throw new Error(`layer ${layer} is no group`);
    const scores = magnitude().score(group, { seed: 1, constant: (value) => facts.constant(value) as never });
    const [one] = uniform().allocate([{ group, scores }], { ratio, step: 1, minWidth: 1 });
    return { kind: "slice", group: group.id, width: group.width, keep: one?.keep ?? [], reason: "" };
  });
  const { model: after } = applySteps(model, facts, analysis, steps, handlers, { keepOverridable: false });
  return { before: cost(model), after: cost(after) };
}

function cost(model: Model): Cost {
  const facts = inferFacts(model);
  let [weights, scales] = [0, 0];
  for (const [value, size] of weightsOf(model, facts)) {
    if ((facts.shape(value)?.length ?? 0) > 1) weights += size;
    else if (/^(gamma|beta)/.test(value.name)) scales += size;
  }
  const macs = countMacs(model, facts, defaultHandlers()).total ?? Number.NaN;
  return { macs, weights, trained: weights + scales };
}

/** Percent saved, to a tenth. */
const saved = ({ before, after }: { before: Cost; after: Cost }, what: keyof Cost): number =>
  Math.round(1000 * (1 - after[what] / before[what])) / 10;

/** The first convolutions of all blocks, but those skipped; the ratio by stage. */
function firstOfBlocks(
  n: number,
  stages: readonly number[],
  skipped: readonly number[],
): Map<number, number> {
  const ratios = new Map<number, number>();
  for (let layer = 2; layer <= 6 * n; layer += 2) {
    const ratio = stages[Math.floor((layer - 2) / (2 * n))] as number;
    if (ratio > 0 && !skipped.includes(layer)) ratios.set(layer, ratio);
  }
  return ratios;
}

describe("Li et al. 2017", () => {
  it("VGG-16 has 313.46M MACs and 14.98M parameters; VGG-16-A 206.28M and 5.39M", () => {
    const half = new Map([1, 8, 9, 10, 11, 12, 13].map((layer) => [layer, 0.5]));
    const found = costs(vgg16(), half);
    const millions = ({ macs, weights }: Cost) => [(macs / 1e6).toFixed(2), (weights / 1e6).toFixed(2)];
    expect(millions(found.before)).toEqual(["313.46", "14.98"]);
    expect(millions(found.after)).toEqual(["206.28", "5.39"]);
    expect([saved(found, "macs"), saved(found, "weights")]).toEqual([34.2, 64]);
  });

  it("ResNet-56 has 125.49M MACs and 0.85M parameters", () => {
    const { before } = costs(resnet(9));
    expect((before.macs / 1e6).toFixed(2)).toBe("125.49");
    expect((before.trained / 1e6).toFixed(2)).toBe("0.85");
  });

  it("ResNet-56-A saves 10.4 % of the MACs and 9.3 % of the parameters", () => {
    const found = costs(resnet(9), firstOfBlocks(9, [0.1, 0.1, 0.1], [16, 20, 38, 54]));
    expect([saved(found, "macs"), saved(found, "trained")]).toEqual([10.4, 9.3]);
  });

  it("ResNet-56-B saves 27.6 % and 13.8 %", () => {
    const found = costs(resnet(9), firstOfBlocks(9, [0.6, 0.3, 0.1], [16, 18, 20, 34, 38, 54]));
    expect([saved(found, "macs"), saved(found, "trained")]).toEqual([27.6, 13.8]);
  });

  it("ResNet-110-A saves 15.9 % and 2.3 %, ResNet-110-B 38.7 % and 32.4 %", () => {
    const a = costs(resnet(18), firstOfBlocks(18, [0.5, 0, 0], [36]));
    expect([saved(a, "macs"), saved(a, "trained")]).toEqual([15.9, 2.3]);
    const b = costs(resnet(18), firstOfBlocks(18, [0.5, 0.4, 0.3], [36, 38, 74]));
    expect([saved(b, "macs"), saved(b, "trained")]).toEqual([38.7, 32.4]);
  });
});
