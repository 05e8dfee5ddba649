// Small networks and drawn sets to train them on, for the tests of training.

import { type Feeds, seededRandom } from "@espalier/core";
import {
  DataType,
  floatTensor,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  type Model,
  type Tensor,
} from "@espalier/ir";
import type { BatchSource, EvaluationSet } from "@espalier/train";

/** Weights N(0, std²), by name and seed. */
export function drawn(seed: number, name: string, dims: readonly number[], std = 0.3): Tensor {
  const random = seededRandom(seed, name);
  const size = dims.reduce((all, one) => all * one, 1);
  return floatTensor(
    dims,
    Array.from({ length: size }, () => std * random.normal()),
    name,
  );
}

/** input [N, features] → logits [N, classes], one layer: `w` [features, classes] and `b`. */
export function logistic(features: number, classes: number, seed = 1, maps = false): Model {
  const net = new GraphBuilder();
  const w = net.weight("w", drawn(seed, "w", [features, classes]));
  const b = net.weight("b", drawn(seed, "b", [classes]));
  const logits = net.op("Gemm", [net.input("input", ["N", features]), w, b]);
  const shape = net.ints("shape", [0, classes, 1, 1]);
  net.output(maps ? net.op("Reshape", [logits, shape]) : logits, "logits");
  return net.model();
}

/** input [N, features] → hidden ReLU layers → logits [N, last]: `fc1.weight` [in, out], `fc1.bias`, … */
export function multilayer(sizes: readonly number[], seed = 1, dropout = 0): Model {
  const net = new GraphBuilder();
  let x = net.input("input", ["N", sizes[0] as number]);
  for (let i = 1; i < sizes.length; i++) {
    const dims = [sizes[i - 1] as number, sizes[i] as number];
    const w = net.weight(`fc${i}.weight`, drawn(seed, `fc${i}`, dims, Math.sqrt(2 / (dims[0] as number))));
    const b = net.weight(
      `fc${i}.bias`,
      floatTensor([dims[1] as number], new Float32Array(dims[1] as number)),
    );
    x = net.op("Gemm", [x, w, b], { name: `fc${i}` });
    if (i === sizes.length - 1) break;
    x = net.op("Relu", [x], { name: `relu${i}` });
    if (dropout > 0)
      x = net.op("Dropout", [x, net.weight(`ratio${i}`, floatTensor([], [dropout]))], { name: `drop${i}` });
  }
  net.output(x, "logits");
  return net.model();
}

/**
 * input [N, 1, 8, 8] → conv, batch norm, ReLU, pool, conv, batch norm, ReLU, mean, linear → logits [N, 3]
 *
 * @param last what stands in the place of the second ReLU
 */
export function convolutional(
  seed = 1,
  channels: readonly [number, number] = [6, 8],
  last: "Relu" | "Tanh" = "Relu",
): Model {
  const net = new GraphBuilder();
  const [first, second] = channels;
  const conv = (
    x: ReturnType<typeof net.input>,
    name: string,
    from: number,
    to: number,
    activation = "Relu",
  ) => {
    const w = net.weight(`${name}.weight`, drawn(seed, name, [to, from, 3, 3], Math.sqrt(2 / (9 * from))));
    const y = net.op("Conv", [x, w], { name, attributes: { pads: intsAttribute([1, 1, 1, 1]) } });
    const fill = (part: string, value: number) =>
      net.weight(`${name}.bn.${part}`, floatTensor([to], new Float32Array(to).fill(value)));
    const parts = [fill("weight", 1), fill("bias", 0), fill("running_mean", 0), fill("running_var", 1)];
    return net.op(activation, [net.op("BatchNormalization", [y, ...parts], { name: `${name}.bn` })], {
      name: `${name}.relu`,
    });
  };
  const pooled = net.op("MaxPool", [conv(net.input("input", ["N", 1, 8, 8]), "conv1", 1, first)], {
    attributes: { kernel_shape: intsAttribute([2, 2]), strides: intsAttribute([2, 2]) },
  });
  const mean = net.op("GlobalAveragePool", [conv(pooled, "conv2", first, second, last)]);
  const flat = net.op("Flatten", [mean], { attributes: { axis: intAttribute(1) } });
  const w = net.weight("head.weight", drawn(seed, "head", [second, 3]));
  net.output(net.op("Gemm", [flat, w, net.weight("head.bias", floatTensor([3], [0, 0, 0]))]), "logits");
  return net.model();
}

export interface DrawnSet {
  readonly count: number;
  readonly dims: readonly number[];
  readonly inputs: Float32Array;
  readonly labels: readonly number[];
}

/** Clouds around one random centre a class. */
export function clouds(
  count: number,
  dims: readonly number[],
  classes: number,
  { seed = 1, spread = 1, part = "train" }: { seed?: number; spread?: number; part?: string } = {},
): DrawnSet {
  const size = dims.reduce((all, one) => all * one, 1);
  const centres = seededRandom(seed, "centres");
  const means = Array.from({ length: classes * size }, () => centres.normal());
  const random = seededRandom(seed, part);
  const labels = Array.from({ length: count }, (_, i) => i % classes);
  const inputs = Float32Array.from(
    { length: count * size },
    (_, i) =>
      (means[(labels[Math.floor(i / size)] as number) * size + (i % size)] as number) +
      spread * random.normal(),
  );
  return { count, dims, inputs, labels };
}

/** Samples of a set as a batch. */
export function batchOf(set: DrawnSet, samples: readonly number[]): Feeds {
  const size = set.dims.reduce((all, one) => all * one, 1);
  const data = new Float32Array(samples.length * size);
  for (const [i, sample] of samples.entries())
    data.set(set.inputs.subarray(sample * size, (sample + 1) * size), i * size);
  return {
    input: { dataType: DataType.FLOAT, dims: [samples.length, ...set.dims], data },
    labels: {
      dataType: DataType.INT64,
      dims: [samples.length],
      data: BigInt64Array.from(samples, (sample) => BigInt(set.labels[sample] as number)),
    },
  };
}

/** Shuffled by seed and epoch. */
export function batchSource(set: DrawnSet, size: number, seed = 1): BatchSource {
  return {
    stepsPerEpoch: Math.floor(set.count / size),
    batch: (epoch, index) => {
      const random = seededRandom(seed, `epoch ${epoch}`);
      const order = Array.from({ length: set.count }, (_, i) => i);
      for (let i = order.length - 1; i > 0; i--) {
        const j = random.integer(0, i);
        [order[i], order[j]] = [order[j] as number, order[i] as number];
      }
      return batchOf(set, order.slice(index * size, (index + 1) * size));
    },
  };
}

/** In order; the last batch may be smaller. */
export function evaluationSet(set: DrawnSet, size: number, name = "test"): EvaluationSet {
  return {
    name,
    batches: Math.ceil(set.count / size),
    batch: (index) => {
      const length = Math.min(size, set.count - index * size);
      return batchOf(
        set,
        Array.from({ length }, (_, i) => index * size + i),
      );
    },
  };
}
