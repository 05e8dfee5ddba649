import type { RuntimeTensor } from "@espalier/core";
import {
  concatChunks,
  DataType,
  floatTensor,
  GraphBuilder,
  int64Tensor,
  isEspalierError,
  type Value,
  writeModel,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { nodeRuntime } from "../runtime.js";

const runtime = nodeRuntime({ threads: 1 });

function build(make: (graph: GraphBuilder) => void): Uint8Array {
  const graph = new GraphBuilder();
  make(graph);
  return concatChunks(writeModel(graph.model()).chunks);
}

/** y = x + [10, 20, 30] */
function addModel(): Uint8Array {
  return build((graph) => {
    const sum = graph.op("Add", [graph.input("x", [3]), graph.weight("w", floatTensor([3], [10, 20, 30]))]);
    graph.output(sum, "y");
  });
}

function identityOf(dataType: number): Uint8Array {
  return build((graph) =>
    graph.output(graph.op("Identity", [graph.input("x", ["n"], dataType)]), "y", dataType),
  );
}

const x: RuntimeTensor = { dataType: DataType.FLOAT, dims: [3], data: Float32Array.of(1, 2, 3) };

describe("a session in this process", () => {
  it("gives the values of the model", async () => {
    const session = await runtime.load(addModel());
    const { y } = await session.run({ x });
    await session.dispose();
    expect(y).toEqual({ dataType: DataType.FLOAT, dims: [3], data: Float32Array.of(11, 22, 33) });
  });

  it("names its inputs and outputs with their types and shapes", async () => {
    const session = await runtime.load(identityOf(DataType.INT64));
    await session.dispose();
    expect(session.inputs).toEqual([{ name: "x", dataType: DataType.INT64, shape: ["n"] }]);
    expect(session.outputs).toEqual([{ name: "y", dataType: DataType.INT64, shape: ["n"] }]);
  });

  const samples: [number, RuntimeTensor["data"]][] = [
    [DataType.FLOAT, Float32Array.of(1.5, -0)],
    [DataType.UINT8, Uint8Array.of(0, 255)],
    [DataType.INT8, Int8Array.of(-128, 127)],
    [DataType.UINT16, Uint16Array.of(0, 65535)],
    [DataType.INT16, Int16Array.of(-32768, 32767)],
    [DataType.INT32, Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
    [DataType.INT64, BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
    [DataType.STRING, ["", "prüning"]],
    [DataType.BOOL, Uint8Array.of(1, 0)],
    [DataType.FLOAT16, Uint16Array.of(0x3c00, 0x7c00)],
    [DataType.DOUBLE, Float64Array.of(1 / 3, Number.NaN)],
    [DataType.UINT32, Uint32Array.of(0, 2 ** 32 - 1)],
    [DataType.UINT64, BigUint64Array.of(0n, 2n ** 64n - 1n)],
  ];
  it.each(samples)("takes and gives element type %i unchanged", async (dataType, data) => {
    const session = await runtime.load(identityOf(dataType));
    const { y } = await session.run({ x: { dataType, dims: [2], data } });
    await session.dispose();
    expect(y).toEqual({ dataType, dims: [2], data });
  });

  it("computes only what is fetched", async () => {
    const session = await runtime.load(
      build((graph) => {
        const input = graph.input("x", [3]);
        graph.output(graph.op("Neg", [input]), "a");
        graph.output(graph.op("Abs", [input]), "b");
      }),
    );
    const results = await session.run({ x }, ["b"]);
    await session.dispose();
    expect(Object.keys(results)).toEqual(["b"]);
  });

  it("keeps results readable after it is disposed, and cannot run then", async () => {
    const session = await runtime.load(addModel());
    const { y } = await session.run({ x });
    await session.dispose();
    await session.dispose();
    expect(y?.data[2]).toBe(33);
    await expect(session.run({ x })).rejects.toThrow("disposed");
  });

  it("fixes symbolic dimensions", async () => {
    const session = await runtime.load(identityOf(DataType.FLOAT), { freeDims: { n: 3 } });
    await session.dispose();
    expect(session.inputs[0]?.shape).toEqual([3]);
    expect(session.outputs[0]?.shape).toEqual([3]);
  });

  it("takes external data from memory, with and without dimensions to fix", async () => {
    const graph = new GraphBuilder();
    const weight = graph.weight("w", floatTensor([3], [10, 20, 30]));
    graph.output(graph.op("Add", [graph.input("x", ["n"]), weight]), "y");
    const written = writeModel(graph.model(), { external: { threshold: 1, fileName: "w.bin" } });
    const [file] = written.files;
    const model = {
      bytes: concatChunks(written.chunks),
      external: { "w.bin": concatChunks(file?.chunks ?? []) },
    };
    for (const options of [{}, { freeDims: { n: 3 } }]) {
      const session = await runtime.load(model, options);
      const { y } = await session.run({ x });
      await session.dispose();
      expect(y?.data).toEqual(Float32Array.of(11, 22, 33));
    }
  });

  it("profiles its nodes once, and null without having been asked to", async () => {
    const session = await runtime.load(addModel(), { profile: true });
    for (let i = 0; i < 3; i++) await session.run({ x });
    const nodes = await session.profile?.();
    expect(nodes).toHaveLength(1);
    expect(nodes?.[0]).toMatchObject({ name: "add", opType: "Add" });
    expect(nodes?.[0]?.durationUs).toBeGreaterThanOrEqual(0);
    expect(await session.profile?.()).toBeNull();
    await session.dispose();

    const plain = await runtime.load(addModel());
    expect(await plain.profile?.()).toBeNull();
    await plain.dispose();
  });

  it("lists an output that is no tensor, without computing it", async () => {
    const session = await runtime.load(
      build((graph) => {
        const input = graph.input("x", [3]);
        graph.output(graph.op("Neg", [input]), "y");
        const sequence: Value = graph.op("SequenceConstruct", [input]);
        graph.graph.outputs.push(sequence);
        sequence.type = null;
      }),
    );
    expect(session.outputs.map(({ dataType }) => dataType)).toEqual([DataType.FLOAT, DataType.UNDEFINED]);
    expect(Object.keys(await session.run({ x }))).toEqual(["y"]);
    await session.dispose();
  });
});

describe("errors of a session", () => {
  const failing = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    return isEspalierError(error) ? error.code : error;
  };

  it("says NOT_RUNNABLE for bytes that are no model and for unknown operators", async () => {
    expect(await failing(runtime.load(new Uint8Array(7)))).toBe("NOT_RUNNABLE");
    const unknown = build((graph) => graph.output(graph.op("NoSuchOperator", [graph.input("x", [3])]), "y"));
    expect(await failing(runtime.load(unknown))).toBe("NOT_RUNNABLE");
  });

  it("says RUN_FAILED for missing and wrong inputs and for a failing node", async () => {
    const session = await runtime.load(
      build((graph) => {
        const shape = graph.weight("s", int64Tensor([1], [4]));
        graph.output(graph.op("Reshape", [graph.input("x", ["n"]), shape]), "y");
      }),
    );
    expect(await failing(session.run({}))).toBe("RUN_FAILED");
    expect(await failing(session.run({ x: { ...x, dims: [4] } }))).toBe("RUN_FAILED");
    expect(await failing(session.run({ x: { ...x, dataType: 99 } }))).toBe("RUN_FAILED");
    expect(await failing(session.run({ x }))).toBe("RUN_FAILED");
    await session.dispose();
  });

  it("says ABORTED for a signal that was raised before", async () => {
    expect(await failing(runtime.load(addModel(), { signal: AbortSignal.abort() }))).toBe("ABORTED");
  });
});
