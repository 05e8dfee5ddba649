// The layers that networks are written in: each makes nodes and weights, named as PyTorch names them
// (`layer1.0.conv1` computes with `layer1.0.conv1.weight`). Batch normalisation has its inference form with the
// statistics of nothing seen yet (mean 0, variance 1); what trains the network turns it around.

import {
  DataType,
  floatAttribute,
  floatTensor,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  type Model,
  symbol,
  type Value,
} from "@espalier/ir";
import { type Fans, fansOf, type Initialiser } from "../initialise/initialiser.js";
import type { WeightSource } from "./weight-source.js";

export interface ConvOptions {
  /** Input and output channels. */
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  /** @default 1 */
  readonly stride?: number;
  /** On all four sides. @default (kernel − 1) / 2 */
  readonly pad?: number;
  /** @default 1 */
  readonly groups?: number;
  /** A bias, beginning at 0. @default false */
  readonly bias?: boolean;
}

export interface LinearOptions {
  readonly from: number;
  readonly to: number;
  /** Instead of the network's. */
  readonly initialise?: Initialiser;
}

export class Layers {
  readonly graph: GraphBuilder = new GraphBuilder();
  readonly #source: WeightSource;
  readonly #initialise: Initialiser;
  /** 0 and 6, once for all. */
  #bounds: readonly Value[] | null = null;

  /** `initialise` is what layers start with that do not say otherwise. */
  constructor(name: string, source: WeightSource, initialise: Initialiser) {
    this.graph.graph.name = name;
    this.#source = source;
    this.#initialise = initialise;
  }

  /** A graph input `[N, …dims]`. */
  input(name: string, dims: readonly number[]): Value {
    return this.graph.input(name, ["N", ...dims]);
  }

  /** A parameter. */
  weight(
    name: string,
    dims: readonly number[],
    fans: Fans = fansOf(dims),
    initialise: Initialiser = this.#initialise,
  ): Value {
    return this.graph.weight(name, this.#source(name, dims, fans, initialise));
  }

  /** A parameter that begins with one value everywhere. */
  filled(name: string, dims: readonly number[], value: number): Value {
    const fill: Initialiser = (values) => values.fill(value);
    return this.weight(name, dims, fansOf(dims), fill);
  }

  /** A number that is no parameter. */
  scalar(name: string, value: number): Value {
    return this.graph.weight(name, floatTensor([], [value], name));
  }

  /** [N, from, H, W] → [N, to, H', W'] */
  conv(x: Value, name: string, options: ConvOptions): Value {
    const { from, to, kernel, stride = 1, pad = (kernel - 1) / 2, groups = 1, bias = false } = options;
    const dims = [to, from / groups, kernel, kernel];
    const operands = [x, this.weight(`${name}.weight`, dims, fansOf(dims, groups))];
    if (bias) operands.push(this.filled(`${name}.bias`, [to], 0));
    return this.graph.op("Conv", operands, {
      name,
      attributes: {
        kernel_shape: intsAttribute([kernel, kernel]),
        pads: intsAttribute([pad, pad, pad, pad]),
        strides: intsAttribute([stride, stride]),
        group: intAttribute(groups),
      },
    });
  }

  /** Per channel: [N, C, …] → [N, C, …] */
  batchNorm(x: Value, name: string, channels: number): Value {
    const parameters = [
      ["weight", 1],
      ["bias", 0],
      ["running_mean", 0],
      ["running_var", 1],
    ] as const;
    return this.graph.op(
      "BatchNormalization",
      [x, ...parameters.map(([part, value]) => this.filled(`${name}.${part}`, [channels], value))],
      { name, attributes: { epsilon: floatAttribute(1e-5), momentum: floatAttribute(0.9) } },
    );
  }

  /** [N, from] → [N, to], weight [to, from], with a bias that begins at 0. */
  linear(x: Value, name: string, { from, to, initialise }: LinearOptions): Value {
    const weight = this.weight(`${name}.weight`, [to, from], fansOf([to, from]), initialise);
    return this.graph.op("Gemm", [x, weight, this.filled(`${name}.bias`, [to], 0)], {
      name,
      attributes: { transB: intAttribute(1) },
    });
  }

  relu(x: Value, name: string): Value {
    return this.graph.op("Relu", [x], { name });
  }

  /** min(max(x, 0), 6) */
  relu6(x: Value, name: string): Value {
    this.#bounds ??= [this.scalar("relu6.low", 0), this.scalar("relu6.high", 6)];
    return this.graph.op("Clip", [x, ...this.#bounds], { name });
  }

  add(x: Value, y: Value, name: string): Value {
    return this.graph.op("Add", [x, y], { name });
  }

  maxPool(x: Value, name: string, size: number, stride: number = size, pad = 0): Value {
    return this.graph.op("MaxPool", [x], {
      name,
      attributes: {
        kernel_shape: intsAttribute([size, size]),
        strides: intsAttribute([stride, stride]),
        pads: intsAttribute([pad, pad, pad, pad]),
      },
    });
  }

  /** [N, C, H, W] → [N, C]: the mean over the image. */
  globalAverage(x: Value): Value {
    return this.flatten(this.graph.op("GlobalAveragePool", [x], { name: "avgpool" }));
  }

  /** [N, …] → [N, product] */
  flatten(x: Value): Value {
    return this.graph.op("Flatten", [x], { name: "flatten", attributes: { axis: intAttribute(1) } });
  }

  /** Identity until something trains; nothing at all where `ratio` is 0. */
  dropout(x: Value, name: string, ratio: number): Value {
    return ratio === 0 ? x : this.graph.op("Dropout", [x, this.scalar(`${name}.ratio`, ratio)], { name });
  }

  /** The finished network with one output, `[N, …dims]` named `logits`. Opset 17, IR version 8. */
  model(logits: Value, dims: readonly (number | string)[]): Model {
    const shape = ["N", ...dims].map((dim) => (typeof dim === "string" ? symbol(dim) : dim));
    logits.type = { kind: "tensor", dataType: DataType.FLOAT, shape };
    this.graph.output(logits, "logits");
    return this.graph.model();
  }
}
