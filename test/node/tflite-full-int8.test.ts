// Networks that compute in int8: every operator against TensorFlow's reference kernels, whole networks against the float
// ones they were made of.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Feeds, RuntimeTensor, Session } from "@espalier/core";
import { DataType, floatTensor, GraphBuilder, isEspalierError, type Model, readModel } from "@espalier/ir";
import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { exportFullInt8, exportTflite, readTflite, toFileOrder } from "@espalier/tflite";
import { beforeAll, describe, expect, it } from "vitest";
import { dataFolder } from "../data-folder.js";
import {
  type OperatorFile,
  operatorFiles,
  operatorInputs,
  operatorNetwork,
} from "../tflite/int8-operators.js";

interface Golden {
  readonly sha256: string;
  readonly inputs: Readonly<Record<string, PackedTensor>>;
  readonly outputs: Readonly<Record<string, PackedTensor>>;
}

interface PackedTensor {
  readonly dims: readonly number[];
  readonly data: string;
}

const golden = JSON.parse(
  readFileSync(fileURLToPath(new URL("../tflite/int8-golden.json", import.meta.url)), "utf8"),
) as Record<string, Golden>;
const litert = nodeTfliteRuntime();
const runtimes = [litert, nodeTfliteRuntime({ engine: "tfjs" })];

describe("an operator in int8", () => {
  let files: readonly OperatorFile[] = [];
  beforeAll(async () => {
    files = await operatorFiles(litert);
  });

  it("is one of many, each as TensorFlow's kernels met it", () => {
    const digests = Object.entries(golden).map(([name, { sha256 }]) => [name, sha256]);
    expect(Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]))).toEqual(
      Object.fromEntries(digests),
    );
    expect(new Set(files.map(({ name }) => name.split(" ")[0])).size).toBeGreaterThanOrEqual(20);
  });

  it.each(Object.keys(golden))("%s is within one step of TensorFlow's reference kernel", async (name) => {
    const file = files.find((one) => one.name === name);
    const { inputs, outputs } = golden[name] as Golden;
    for (const runtime of runtimes) {
      const results = await run(runtime.load((file as OperatorFile).bytes), unpackAll(inputs));
      for (const [output, expected] of Object.entries(unpackAll(outputs))) {
        const steps = stepsBetween(results[output] as RuntimeTensor, expected);
        expect(share(steps, (one) => one <= 1)).toBeGreaterThanOrEqual(0.999);
        expect(Math.max(...steps)).toBeLessThanOrEqual(2);
      }
    }
  });
});

describe("a network in full int8", () => {
  it("has float inputs and outputs, and int8 in between", async () => {
    const exported = await exportFullInt8(operatorNetwork(), { runtime: litert, inputs: operatorInputs(2) });
    expect(exported.operators.float).toBe(0);
    const main = readTflite(exported.bytes as Uint8Array).subgraphs[0];
    for (const port of [...(main?.inputs ?? []), ...(main?.outputs ?? [])]) {
      expect(main?.tensors[port]?.type).toBe("FLOAT32");
    }
    const types = new Set(main?.operators.flatMap(({ inputs }) => inputs.map((i) => main.tensors[i]?.type)));
    expect(types.has("INT8")).toBe(true);
  });

  it("is near the float one, whichever way ranges are found", async () => {
    const model = operatorNetwork();
    const inputs = operatorInputs(16);
    const [feeds] = operatorInputs(20).slice(-1) as [Feeds];
    const float = exportTflite(model);
    const ports = float.io.inputs;
    const fed = Object.fromEntries(
      ports.map((port) => [port.name, toFileOrder(port, feeds[port.name] as RuntimeTensor)]),
    );
    const expected = await run(litert.load(float.bytes as Uint8Array), fed);
    for (const ranges of [
      { kind: "min-max" },
      { kind: "mse" },
      { kind: "percentile", coverage: 0.999 },
    ] as const) {
      const { bytes } = await exportFullInt8(model, { runtime: litert, inputs, ranges });
      const actual = await run(litert.load(bytes as Uint8Array), fed);
      for (const [name, tensor] of Object.entries(expected)) {
        expect(signalToNoise(tensor, actual[name] as RuntimeTensor)).toBeGreaterThan(15);
      }
    }
  });

  it("keeps in float what TFLite has no int8 kernel for", async () => {
    const graph = new GraphBuilder();
    const x = graph.input("x", [1, 8]);
    const y = graph.op("Exp", [
      graph.op("Add", [x, graph.weight("c", floatTensor([8], new Float32Array(8).fill(1)))]),
    ]);
    graph.output(graph.op("Add", [y, y]), "y");
    const feeds = {
      x: { dataType: DataType.FLOAT, dims: [1, 8], data: Float32Array.from({ length: 8 }, (_, i) => i / 4) },
    };
    const { bytes, operators } = await exportFullInt8(graph.model(), { runtime: litert, inputs: [feeds] });
    expect(operators).toEqual({ int8: 2, float: 1 });
    const results = await run(litert.load(bytes as Uint8Array), feeds);
    const [output] = Object.values(results) as [RuntimeTensor];
    for (const [i, value] of (output.data as Float32Array).entries()) {
      expect(Math.abs(value - 2 * Math.exp(1 + i / 4))).toBeLessThanOrEqual(0.3);
    }
  });

  it("needs calibration inputs, complete and finite", async () => {
    const model = operatorNetwork();
    const [feeds] = operatorInputs(1) as [Feeds];
    const infinite = {
      ...feeds,
      x: { ...(feeds.x as RuntimeTensor), data: new Float32Array(144).fill(Number.NaN) },
    };
    const codes = [];
    for (const inputs of [[], [{ x: feeds.x as RuntimeTensor }], [infinite]]) {
      const error = await exportFullInt8(model, { runtime: litert, inputs }).catch(
        (caught: unknown) => caught,
      );
      codes.push(isEspalierError(error) ? error.code : error);
    }
    expect(codes).toEqual(["CALIBRATION_MISSING", "INVALID_OPTION", "NONFINITE"]);
  });

  it("tells what has no form in TFLite, as the float export does", async () => {
    const graph = new GraphBuilder();
    graph.output(graph.op("Nonsense", [graph.input("x", [1])]), "y");
    const feeds = { x: { dataType: DataType.FLOAT, dims: [1], data: Float32Array.of(1) } };
    const { bytes, refused } = await exportFullInt8(graph.model(), { runtime: litert, inputs: [feeds] });
    expect(bytes).toBeNull();
    expect(refused.map(({ code }) => code)).toEqual(["OP_NOT_LOWERED"]);
  });
});

describe.skipIf(dataFolder === null)("ResNet-20 on CIFAR-10", () => {
  it("in int8 says what it says in float for nearly every image, on both interpreters", async () => {
    const model = readResnet();
    const inputs = images("train_10k", 64).map((x) => ({ input: x }));
    const name = model.graph.inputs[0]?.name ?? "";
    const named = inputs.map(({ input }) => ({ [name]: input }));
    const options = { bindings: { N: 1 } };
    const float = exportTflite(model, options);
    const { bytes, operators } = await exportFullInt8(model, { ...options, runtime: litert, inputs: named });
    expect(operators.float).toBe(0);
    const port = float.io.inputs[0];
    if (port === undefined) throw new Error("no input");
    const test = images("test_2k", 100).map((x) => ({ [name]: toFileOrder(port, x) }));
    const classes = async (opening: Promise<Session>): Promise<number[]> => {
      const session = await opening;
      try {
        const found: number[] = [];
        for (const feeds of test)
          found.push(largest(Object.values(await session.run(feeds))[0] as RuntimeTensor));
        return found;
      } finally {
        await session.dispose();
      }
    };
    const expected = await classes(litert.load(float.bytes as Uint8Array));
    const [first, second] = [
      await classes(litert.load(bytes as Uint8Array)),
      await classes((runtimes[1] as typeof litert).load(bytes as Uint8Array)),
    ];
    expect(share(first, (one, i) => one === expected[i])).toBeGreaterThanOrEqual(0.97);
    expect(share(first, (one, i) => one === second[i])).toBeGreaterThanOrEqual(0.98);
  });
});

async function run(opening: Promise<Session>, feeds: Feeds): Promise<Record<string, RuntimeTensor>> {
  const session = await opening;
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

function unpackAll(tensors: Readonly<Record<string, PackedTensor>>): Record<string, RuntimeTensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, data }]) => {
      const bytes = new Uint8Array(Buffer.from(data, "base64"));
      return [name, { dataType: DataType.INT8, dims, data: new Int8Array(bytes.buffer) }];
    }),
  );
}

function stepsBetween(a: RuntimeTensor, b: RuntimeTensor): number[] {
  expect({ dataType: a.dataType, dims: a.dims }).toEqual({ dataType: b.dataType, dims: b.dims });
  const other = b.data as Int8Array;
  return Array.from(a.data as Int8Array, (value, i) => Math.abs(value - (other[i] as number)));
}

function share(list: readonly number[], holds: (value: number, i: number) => boolean): number {
  return list.filter(holds).length / list.length;
}

/** Decibels: 10 log10 Σ a² / Σ (a − b)². */
function signalToNoise({ data: a }: RuntimeTensor, { data: b }: RuntimeTensor): number {
  const [x, y] = [a as Float32Array, b as Float32Array];
  const noise = x.reduce((sum, value, i) => sum + (value - (y[i] as number)) ** 2, 0);
  return 10 * Math.log10(x.reduce((sum, value) => sum + value * value, 0) / noise);
}

function largest({ data }: RuntimeTensor): number {
  const values = [...(data as Float32Array)];
  return values.indexOf(Math.max(...values));
}

function readResnet(): Model {
  return readModel(readFileSync(join(dataFolder ?? "", "onnx/cifar10-resnet20.onnx")));
}

/** Normalised as the network was trained. */
function images(set: string, count: number): RuntimeTensor[] {
  const records = gunzipSync(readFileSync(join(dataFolder ?? "", `cifar10/${set}.bin.gz`)));
  const [mean, deviation] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  return Array.from({ length: count }, (_, image) => {
    const planes = records.subarray(image * 3073 + 1, (image + 1) * 3073);
    const data = Float32Array.from(planes, (byte, i) => {
      const c = Math.floor(i / 1024);
      return (byte / 255 - (mean?.[c] as number)) / (deviation?.[c] as number);
    });
    return { dataType: DataType.FLOAT, dims: [1, 3, 32, 32], data };
  });
}
