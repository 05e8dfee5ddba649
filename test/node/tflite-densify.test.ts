// Files with sparse weights against the masked ONNX network on ONNX Runtime, in both interpreters: a sparse convolution that
// a runtime got wrong would give numbers, not an error. Whether they are faster is measured in benchmarks/tflite-densify.mjs.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  compareOutput,
  type Feeds,
  isUnavailable,
  modelBytes,
  type Runtime,
  type RuntimeTensor,
  seededRandom,
  smallestOf,
} from "@espalier/core";
import {
  type Attribute,
  floatAttribute,
  floatTensor,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  type Model,
  readFloats,
  stringAttribute,
  type Value,
} from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { exportTflite, onnxOnTflite, readTflite, SPARSE_CONDITIONS, tflite } from "@espalier/tflite";
import { mobilenetV1, mobilenetV2 } from "@espalier/zoo";
import { describe, expect, it } from "vitest";

const onnx = nodeRuntime();
const interpreters = (["litert", "tfjs"] as const).map((engine) =>
  onnxOnTflite(nodeTfliteRuntime({ engine })),
);

/** As the network is, with the smallest |w| of each 1x1 convolution replaced by zeros. */
function masked(model: Model, zeros: number): Model {
  for (const node of model.graph.nodes) {
    const weight = node.inputs[1];
    if (weight?.initializer?.dims[2] !== 1) continue;
    const { dims, name } = weight.initializer;
    const values = readFloats(weight.initializer);
    const all = new Uint8Array(values.length).fill(1);
    const mask = smallestOf(values, all, Math.round(zeros * values.length));
    weight.initializer = floatTensor(
      dims,
      values.map((value, i) => value * (mask[i] as number)),
      name,
    );
  }
  return model;
}

/** Seeded weights on a graph that starts with a 3x3 convolution of stride 2: [1, 3, 24, 24] → [1, 16, 12, 12]. */
class SparseNet {
  readonly #builder = new GraphBuilder();
  readonly #random = seededRandom(5, "sparse");
  #names = 0;

  start(batch = 1): Value {
    const image = this.#builder.input("image", [batch, 3, 24, 24]);
    return this.op("Relu", this.conv(image, { from: 3, to: 16, kernel: 3, stride: 2 }));
  }

  op(
    opType: string,
    x: Value | readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    return this.#builder.op(opType, Array.isArray(x) ? x : [x], { attributes });
  }

  conv(
    x: Value,
    given: { from?: number; to?: number; kernel?: number; stride?: number; groups?: number },
  ): Value {
    const { from = 16, to = 16, kernel = 1, stride = 1, groups = 1 } = given;
    const dims = [to, from / groups, kernel, kernel];
    const fan = (from / groups) * kernel * kernel;
    const draw = (): number => this.#random.normal() * Math.sqrt(2 / fan);
    const count = dims.reduce((a, b) => a * b, 1);
    const pad = (kernel - 1) / 2;
    return this.op("Conv", [x, this.constant(dims, Float32Array.from({ length: count }, draw))], {
      pads: intsAttribute([pad, pad, pad, pad]),
      strides: intsAttribute([stride, stride]),
      group: intAttribute(groups),
    });
  }

  depthwise(x: Value, kernel: number, stride = 1): Value {
    return this.op("Relu", this.conv(x, { kernel, stride, groups: 16 }));
  }

  constant(dims: readonly number[], values: ArrayLike<number>): Value {
    const name = `w${this.#names++}`;
    return this.#builder.weight(name, floatTensor(dims, values, name));
  }

  /** @param zeros  share of the 1x1 weights that become zero */
  model(output: Value, zeros = 0.85): Model {
    this.#builder.output(output);
    return masked(this.#builder.model(17), zeros);
  }
}

/** The file with sparse weights, in each interpreter, against ONNX Runtime. */
async function expectSameOutputs(model: Model, dims: readonly number[]): Promise<void> {
  const { bytes, refused, sparse } = exportTflite(model, { sparse: "densify" });
  expect(refused).toEqual([]);
  expect(sparse?.stored).toBeGreaterThan(0);
  const random = seededRandom(9, "image");
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal());
  const [input] = model.graph.inputs;
  const feeds = { [input?.name ?? ""]: { dataType: 1 as const, dims, data } };
  const [name = "", expected] = Object.entries(await ran(onnx, modelBytes(model), feeds))[0] ?? [];
  for (const runtime of interpreters) {
    const found = await ran(runtime, bytes as Uint8Array, feeds);
    const { maxRel, scale } = compareOutput(name, expected as RuntimeTensor, found[name] as RuntimeTensor);
    expect(scale, runtime.name).toBeGreaterThan(1e-3); // or nothing is compared
    expect(maxRel, runtime.name).toBeLessThan(1e-4);
  }
}

async function ran(runtime: Runtime, bytes: Uint8Array, feeds: Feeds): Promise<Feeds> {
  const session = await runtime.load(bytes);
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

describe("a file with sparse weights", () => {
  it("computes what the masked MobileNetV1 computes, at 85 % zeros", async () => {
    const model = masked(mobilenetV1({ width: 0.5, resolution: 96, classes: 10 }), 0.85);
    const { sparse, bytes } = exportTflite(model, { sparse: "densify" });
    const dense = exportTflite(model);
    expect(sparse).toMatchObject({ stored: 13, weights: 784_896, zeros: 667_163 });
    // The file is smaller by what the 1x1 weights are, and longer by 13 operators.
    const saved = (sparse?.denseBytes ?? 0) - (sparse?.sparseBytes ?? 0);
    const smaller = (dense.bytes?.length ?? 0) - (bytes?.length ?? 0);
    expect(saved).toBeGreaterThan(0.7 * (sparse?.denseBytes ?? 0));
    expect(Math.abs(smaller - saved)).toBeLessThan(13 * 400);
    await expectSameOutputs(model, [1, 3, 96, 96]);
  });

  it("computes what the masked MobileNetV2 computes, at an odd size too", async () => {
    for (const resolution of [64, 65]) {
      const model = masked(mobilenetV2({ width: 0.35, resolution, classes: 10 }), 0.85);
      await expectSameOutputs(model, [1, 3, resolution, resolution]);
    }
  });

  const NETWORKS: Readonly<Record<string, (net: SparseNet) => Value>> = {
    "5x5 and 3x3 depthwise convolutions of both strides": (n) => {
      let x = n.depthwise(n.start(), 3);
      x = n.conv(n.depthwise(x, 5), {});
      x = n.conv(n.depthwise(x, 5, 2), {});
      return n.op("GlobalAveragePool", n.conv(n.depthwise(x, 3, 2), {}));
    },
    "shortcuts": (n) => {
      const x = n.start();
      const y = n.op("Add", [x, n.conv(n.depthwise(n.conv(x, {}), 3), {})]);
      return n.op("GlobalAveragePool", n.op("Relu", n.conv(y, {})));
    },
    "squeeze and excite": (n) => {
      const x = n.start();
      const squeezed = n.op("Relu", n.conv(n.op("GlobalAveragePool", x), { to: 8 }));
      const gate = n.op("Sigmoid", n.conv(squeezed, { from: 8 }));
      return n.op("GlobalAveragePool", n.conv(n.op("Mul", [x, gate]), {}));
    },
    "activations of their own": (n) => {
      const x = n.op("HardSwish", n.conv(n.start(), {}));
      const y = n.op("LeakyRelu", n.conv(x, {}), { alpha: floatAttribute(0.1) });
      const z = n.op("Elu", n.conv(n.op("Abs", n.conv(y, {})), {}));
      return n.op("GlobalAveragePool", n.op("Sigmoid", n.op("Neg", z)));
    },
    "a resized image": (n) => {
      const sizes = n.constant([4], [1, 1, 2, 2]);
      const larger = n.op("Resize", [n.conv(n.start(), {}), n.constant([0], []), sizes], {
        mode: stringAttribute("linear"),
      });
      return n.op("GlobalAveragePool", n.conv(larger, {}));
    },
    "DEPTH_TO_SPACE at the end": (n) =>
      n.op("DepthToSpace", n.conv(n.start(), {}), { blocksize: intAttribute(2) }),
    "a classifier of 1x1 convolutions behind the mean": (n) => {
      const mean = n.op("GlobalAveragePool", n.conv(n.start(), {}));
      return n.op("Softmax", n.op("Flatten", n.conv(n.op("Relu", n.conv(mean, {})), { to: 10 })));
    },
    "a batch of two": (n) => n.op("GlobalAveragePool", n.conv(n.depthwise(n.start(2), 3), {})),
  }; // biome-ignore format: a table
  it.each(Object.keys(NETWORKS))("computes what the network computes with %s", async (name) => {
    const net = new SparseNet();
    const model = net.model((NETWORKS[name] as (n: SparseNet) => Value)(net));
    await expectSameOutputs(model, [name === "a batch of two" ? 2 : 1, 3, 24, 24]);
  });

  it("is not written where XNNPACK would compute densely, and says all that is in the way", () => {
    const { bytes, refused } = exportTflite(masked(mobilenetV1({ width: 0.25, resolution: 32 }), 0.6), {
      sparse: "densify",
    });
    expect(bytes).toBeNull();
    expect(refused.map(({ code }) => code)).toEqual(["SPARSE_TOO_FEW_ZEROS"]);
  });

  it("is what the target writes on request, and its refusals are the target's", async () => {
    const settings = { sparse: "densify" };
    const fits = masked(mobilenetV1({ width: 0.25, resolution: 32, classes: 10 }), 0.85);
    const files = await tflite.exportModel(fits, { settings });
    if (isUnavailable(files)) throw new Error(files.unblock);
    const { operatorCodes } = readTflite(files[0]?.bytes as Uint8Array);
    expect(operatorCodes.map(({ builtinCode }) => builtinCode)).toContain("DENSIFY");
    const dense = mobilenetV1({ width: 0.25, resolution: 32, classes: 10 });
    const options = {
      runtime: onnx,
      host: nodeHost({ cache: null }),
      deployment: interpreters[0] as Runtime,
    };
    const { receipt } = await tflite.prune(modelBytes(dense), {
      ...{ ...options, budget: { ratio: 0.5 }, seed: 1, measure: false as const, export: settings },
    });
    expect(receipt.artefact).toBeNull();
    expect(receipt.refused).toContainEqual(
      expect.objectContaining({ group: null, code: "SPARSE_TOO_FEW_ZEROS" }),
    );
  });
});

describe("the documentation", () => {
  it("lists every condition in its words", () => {
    const page = readFileSync(
      fileURLToPath(new URL("../../docs/tflite-sparsity.md", import.meta.url)),
      "utf8",
    );
    const cells = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    const listed = cells
      .filter(([, code]) => code?.startsWith("`SPARSE_"))
      .map(([, code, text]) => [code, text]);
    expect(listed).toEqual(
      Object.entries(SPARSE_CONDITIONS).map(([code, { text }]) => [`\`${code}\``, text]),
    );
  });
});
