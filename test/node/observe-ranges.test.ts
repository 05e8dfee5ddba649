// Ranges inside an ONNX network, observed on the runtime.

import { type Feeds, observeRanges, onnxValues, type Runtime } from "@espalier/core";
import { DataType, floatTensor, GraphBuilder, inferFacts, isEspalierError } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";

const runtime = nodeRuntime({ threads: 1 });

/** x → a = 3x → b = relu(a) → c = b - 1 */
function network() {
  const graph = new GraphBuilder();
  const x = graph.input("x", [1, 4]);
  const a = graph.op("Mul", [x, graph.weight("three", floatTensor([1], [3]))]);
  const b = graph.op("Relu", [a]);
  const c = graph.op("Sub", [b, graph.weight("one", floatTensor([1], [1]))]);
  graph.output(c, "c");
  const model = graph.model();
  return { model, facts: inferFacts(model), values: [a, b, c], x };
}

const inputs: Feeds[] = [
  { x: { dataType: DataType.FLOAT, dims: [1, 4], data: Float32Array.of(-2, 0, 1, 2) } },
  { x: { dataType: DataType.FLOAT, dims: [1, 4], data: Float32Array.of(4, 0, 1, 2) } },
];

/** A runtime that counts how many outputs its models have. */
function counting(counts: number[]): Runtime {
  return {
    ...runtime,
    async load(model, options) {
      const session = await runtime.load(model, options);
      counts.push(session.outputs.length);
      return session;
    },
  };
}

describe("the ranges of a network", () => {
  it.each([
    [undefined, [3]],
    [32, [2, 1]],
    [1, [1, 1, 1]],
  ])(
    "are what its nodes compute, with a budget of %s bytes in runs of %j values",
    async (budgetBytes, expected) => {
      const { model, facts, values } = network();
      const counts: number[] = [];
      const options = {
        runtime: counting(counts),
        inputs,
        ...(budgetBytes === undefined ? {} : { budgetBytes }),
      };
      const ranges = await observeRanges(onnxValues(model, facts, values, options));
      expect([...ranges.values()]).toEqual([
        { min: -6, max: 12 },
        { min: 0, max: 12 },
        { min: -1, max: 11 },
      ]);
      expect(counts).toEqual(expected);
      expect(model.graph.outputs.map(({ name }) => name)).toEqual(["c"]);
    },
  );

  it("are the same where the network can be stopped", async () => {
    const { model, facts, values } = network();
    const source = onnxValues(model, facts, values, { runtime, inputs, limits: { timeoutMs: 20_000 } });
    expect((await observeRanges(source)).size).toBe(3);
  });

  it("are refused for what no node computes, and after an abort", async () => {
    const { model, facts, values, x } = network();
    expect(() => onnxValues(model, facts, [x], { runtime, inputs })).toThrow(/INVALID_OPTION/);
    const signal = AbortSignal.abort();
    const error = await observeRanges(onnxValues(model, facts, values, { runtime, inputs, signal })).catch(
      (e) => e,
    );
    expect(isEspalierError(error, "ABORTED")).toBe(true);
  });
});
