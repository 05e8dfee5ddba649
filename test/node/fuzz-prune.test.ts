// Three hundred mutated models through the whole of `prune`: a receipt or a coded error, never another exception;
// what was pruned has passed its parity.

import { isUnavailable, modelBytes, type Random, seededRandom } from "@espalier/core";
import { cpu } from "@espalier/cpu";
import {
  DataType, floatTensor, type Graph, intAttribute, intsAttribute, isEspalierError, type Model, type Node, stringAttribute, type Value,
} from "@espalier/ir"; // biome-ignore format: a list
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { REGROUPING } from "../topologies/regrouping.js";
import { buildTopology } from "../topologies/topology.js";

const COUNT = 300;
const TOPOLOGIES = [...CONVOLUTIONAL, ...REGROUPING];
const OP_TYPES = [
  "Relu",
  "Add",
  "Mul",
  "Conv",
  "Reshape",
  "Concat",
  "Transpose",
  "Softmax",
  "Split",
  "Identity",
  "Gemm",
  "NoSuchOp",
  "Loop",
  "constructor",
];
const ODD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -3e38, 1e-45, 0];
const ODD_INTS = [0, 1, -1, 2, 3, 7, 64, 2 ** 31, -(2 ** 31), 2 ** 53 - 1];

type Mutation = (model: Model, random: Random) => void;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "odd weights": ({ graph }, random) => {
    const value = pick(floatWeights(graph), random);
    if (value?.initializer == null) return;
    const data = new Float32Array(value.initializer.dims.reduce((a, b) => a * b, 1)).map(() =>
      random.normal(),
    );
    for (let i = 0; i < 3 && data.length > 0; i++)
      data[random.integer(0, data.length - 1)] = pick(ODD, random) as number;
    value.initializer = floatTensor(value.initializer.dims, data);
  },
  "weights of another shape": ({ graph }, random) => {
    const value = pick(floatWeights(graph), random);
    if (value?.initializer == null || value.initializer.dims.length === 0) return;
    const dims = [...value.initializer.dims];
    dims[random.integer(0, dims.length - 1)] = random.integer(0, 9);
    value.initializer = floatTensor(dims, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.1));
    value.type = null;
  },
  "input of another shape": ({ graph }, random) => {
    const input = graph.inputs[0];
    if (input?.type?.kind !== "tensor" || input.type.shape === null) return;
    const shape = [...input.type.shape];
    if (shape.length > 0) shape[random.integer(0, shape.length - 1)] = random.integer(0, 8);
    input.type = { ...input.type, shape };
  },
  "input of another type": ({ graph }, random) => {
    const input = graph.inputs[0];
    if (input?.type?.kind === "tensor")
      input.type = {
        ...input.type,
        dataType: pick(
          [DataType.INT64, DataType.DOUBLE, DataType.FLOAT16, DataType.STRING],
          random,
        ) as number,
      };
  },
  "integer attribute": (model, random) => {
    const node = anyNode(model, random);
    const name = pick([...(node?.attributes.keys() ?? [])], random) ?? "axis";
    node?.attributes.set(
      name,
      random.uniform() < 0.5
        ? intAttribute(pick(ODD_INTS, random) as number)
        : intsAttribute([pick(ODD_INTS, random) as number, 1]),
    );
  },
  "attribute of another kind": (model, random) => {
    const node = anyNode(model, random);
    const name = pick([...(node?.attributes.keys() ?? [])], random) ?? "mode";
    node?.attributes.set(name, stringAttribute("odd"));
  },
  "no attributes": (model, random) => anyNode(model, random)?.attributes.clear(),
  "another operator": (model, random) => {
    const node = anyNode(model, random);
    if (node !== undefined) Object.assign(node, { opType: pick(OP_TYPES, random) });
  },
  "odd name": ({ graph }, random) => {
    const node = pick([...graph.nodes], random);
    const output = node?.outputs[0];
    if (output)
      output.name = pick(
        ["__proto__", "a\0b", "\u202ex", "constructor", "#", "a#1.2", "n".repeat(4000)],
        random,
      ) as string;
  },
  "another producer": ({ graph }, random) => {
    const nodes = [...graph.nodes];
    const at = random.integer(1, Math.max(1, nodes.length - 1));
    const source = nodes[random.integer(0, at - 1)]?.outputs[0];
    const node = nodes[at];
    if (node !== undefined && source && node.inputs.length > 0) node.setInput(0, source);
  },
  "an input less": (model, random) => {
    const node = anyNode(model, random);
    if (node !== undefined && node.inputs.length > 0) node.setInput(node.inputs.length - 1, null);
  },
  "another opset": (model, random) => {
    model.opsets.set("", pick([7, 8, 9, 11, 13, 15, 18, 21], random) as number);
  },
  "one more output": ({ graph }, random) => {
    const output = pick([...graph.nodes], random)?.outputs[0];
    if (output && !graph.outputs.includes(output)) graph.outputs.push(output);
  },
};

describe("prune under mutated models", () => {
  const runtime = nodeRuntime({ threads: 1 });
  const host = { ...nodeHost(), gzipSize: null, brotliSize: null };

  it(`ends in a receipt or an EspalierError, ${COUNT} times`, { timeout: 300_000 }, async () => {
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < COUNT; seed++) {
      const random = seededRandom(seed, "mutated models");
      const model = buildTopology(TOPOLOGIES[seed % TOPOLOGIES.length] as (typeof TOPOLOGIES)[number], seed);
      const names = Array.from(
        { length: random.integer(1, 3) },
        () => pick(Object.keys(MUTATIONS), random) as string,
      );
      for (const name of names) MUTATIONS[name]?.(model, random);
      const outcome = await pruneOnce(model).catch((error: unknown) => {
        if (isEspalierError(error)) return error.code;
        throw new Error(`seed ${seed}: ${names.join(", ")}`, { cause: error });
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      // A proof that fails on a model that runs would be a wrong slice.
      if (outcome === "MISMATCH") throw new Error(`seed ${seed}: ${names.join(", ")}: parity failed`);
    }
    expect(outcomes.get("pruned") ?? 0, JSON.stringify([...outcomes])).toBeGreaterThan(60);
    expect(outcomes.size).toBeGreaterThan(2);
  });

  async function pruneOnce(model: Model): Promise<string> {
    const { receipt, pruned } = await cpu.prune(modelBytes(model), {
      runtime, host, budget: { ratio: 0.4 }, seed: 1, measure: false, inputs: 2, timeoutMs: 20_000,
    }); // biome-ignore format: one call
    if (pruned === null) {
      expect(receipt.artefact).toBeNull();
      return "refused";
    }
    if (receipt.parity === null || isUnavailable(receipt.parity)) throw new Error("pruned without a proof");
    expect(receipt.parity.maxRel).toBeLessThanOrEqual(1e-3);
    return "pruned";
  }
});

function floatWeights(graph: Graph): Value[] {
  return [...graph.initializers].filter(({ initializer }) => initializer?.dataType === DataType.FLOAT);
}

function anyNode({ graph }: Model, random: Random): Node | undefined {
  return pick([...graph.nodes], random);
}

function pick<T>(from: readonly T[], random: Random): T | undefined {
  return from.length === 0 ? undefined : from[random.integer(0, from.length - 1)];
}
