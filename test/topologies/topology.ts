// A topology: one small model per way in which layers can hang together.

import { type Random, seededRandom } from "@espalier/core";
import {
  floatAttribute,
  floatTensor,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  type Model,
  type Value,
} from "@espalier/ir";

export interface Topology {
  readonly name: string;
  /** Builds the model; the same seed gives the same weights. */
  readonly build: (net: Net) => void;
  /** Units that every case must remove, by group id. */
  readonly mustRemove?: Readonly<Record<string, readonly number[]>>;
  readonly opset?: number;
}

export function buildTopology(topology: Topology, seed: number): Model {
  const net = new Net(seed);
  topology.build(net);
  return net.builder.model(topology.opset ?? 17);
}

/** Layers with seeded weights on a {@link GraphBuilder}. */
export class Net {
  readonly builder: GraphBuilder = new GraphBuilder();
  readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed, "topology");
  }

  image(channels = 3, size = 6): Value {
    return this.builder.input("x", [1, channels, size, size]);
  }

  weights(name: string, dims: readonly number[], scale = 0.5, offset = 0): Value {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return this.builder.weight(
      name,
      floatTensor(
        dims,
        Float32Array.from({ length: size }, () => offset + scale * this.random.normal()),
      ),
    );
  }

  conv(
    x: Value,
    inputs: number,
    outputs: number,
    options: { kernel?: number; group?: number; stride?: number; bias?: boolean; name?: string } = {},
  ): Value {
    const { kernel = 3, group = 1, stride = 1, bias = true, name = "conv" } = options;
    const w = this.weights(`${name}.w`, [outputs, inputs / group, kernel, kernel]);
    const operands = bias ? [x, w, this.weights(`${name}.b`, [outputs])] : [x, w];
    const pad = (kernel - 1) / 2;
    return this.builder.op("Conv", operands, {
      name,
      attributes: {
        group: intAttribute(group),
        kernel_shape: intsAttribute([kernel, kernel]),
        pads: intsAttribute([pad, pad, pad, pad]),
        strides: intsAttribute([stride, stride]),
      },
    });
  }

  batchNorm(x: Value, channels: number): Value {
    const parameters = [
      this.weights("bn.scale", [channels], 0.2, 1),
      this.weights("bn.bias", [channels], 0.2),
      this.weights("bn.mean", [channels], 0.2),
      this.weights("bn.variance", [channels], 0.05, 1),
    ];
    return this.builder.op("BatchNormalization", [x, ...parameters], {
      name: "bn",
      attributes: { epsilon: floatAttribute(1e-5) },
    });
  }

  relu(x: Value): Value {
    return this.builder.op("Relu", [x], { name: "relu" });
  }

  add(a: Value, b: Value): Value {
    return this.builder.op("Add", [a, b], { name: "add" });
  }

  concat(values: readonly Value[], axis = 1): Value {
    return this.builder.op("Concat", values, { name: "concat", attributes: { axis: intAttribute(axis) } });
  }

  linear(x: Value, inputs: number, outputs: number): Value {
    return this.builder.op(
      "Gemm",
      [x, this.weights("fc.w", [outputs, inputs]), this.weights("fc.b", [outputs])],
      {
        name: "fc",
        attributes: { transB: intAttribute(1) },
      },
    );
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return this.builder.op("Reshape", [x, this.builder.ints("shape", shape)], { name: "reshape" });
  }

  transpose(x: Value, perm: readonly number[]): Value {
    return this.builder.op("Transpose", [x], {
      name: "transpose",
      attributes: { perm: intsAttribute(perm) },
    });
  }

  split(x: Value, sizes: readonly number[], axis = 1): Value[] {
    return this.builder.ops("Split", [x, this.builder.ints("sizes", sizes)], {
      name: "split",
      outputs: sizes.length,
      attributes: { axis: intAttribute(axis) },
    });
  }

  pool(x: Value): Value {
    return this.builder.op("GlobalAveragePool", [x], { name: "pool" });
  }

  /** Pool, flatten, linear, output. */
  head(x: Value, channels: number, name = "y"): void {
    const flat = this.builder.op("Flatten", [this.pool(x)], { name: "flatten" });
    this.builder.output(this.linear(flat, channels, 3), name);
  }
}
