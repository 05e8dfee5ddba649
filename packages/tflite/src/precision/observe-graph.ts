// The values inside a float graph as a source of ranges: copies of the graph give them out, some at a time.

import type { Feeds, TfliteRuntime, ValueSource } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import type { TfliteGraph } from "../graph/tflite-graph.js";
import { toModel } from "../graph/to-model.js";
import { writeTflite } from "../write-tflite.js";

const MIB = 1024 * 1024;
/** Bytes of all values that one run gives, about. */
const BUDGET_BYTES = 64 * MIB;

export interface ObserveOptions {
  readonly runtime: Pick<TfliteRuntime, "load">;
  /** As the file takes them, by the names of the graph's inputs. */
  readonly inputs: readonly Feeds[];
  readonly signal?: AbortSignal;
}

/** The float tensors of a graph that have a range: what is fed and what is computed. */
export function observedTensors({ inputs, operators }: TfliteGraph): readonly GraphTensor[] {
  const all = [...inputs, ...operators.flatMap(({ outputs }) => outputs)];
  return all.filter(({ type }) => type === "FLOAT32");
}

/**
 * @param key the name that a tensor is handed over under
 */
export function graphValues(
  graph: TfliteGraph,
  key: (tensor: GraphTensor) => string,
  { runtime, inputs, signal }: ObserveOptions,
): ValueSource {
  const fed = new Set(graph.inputs);
  const computed = observedTensors(graph).filter((tensor) => !fed.has(tensor));
  return async (visit) => {
    for (const feeds of inputs) {
      for (const input of graph.inputs.filter(({ type }) => type === "FLOAT32"))
        visit(key(input), floatsOf(feeds, input.name));
    }
    for (const chunk of chunksOf(computed)) {
      const part = { ...graph, outputs: chunk };
      const names = {
        graph: "main",
        description: "",
        inputs: graph.inputs.map(({ name }) => name),
        outputs: chunk.map(key),
        metadata: {},
      };
      const session = await runtime.load(writeTflite(toModel(part, names)), { ...(signal && { signal }) });
      try {
        for (const feeds of inputs) {
          const results = await session.run(feeds);
          for (const tensor of chunk) visit(key(tensor), floatsOf(results, key(tensor)));
        }
      } finally {
        await session.dispose();
      }
    }
  };
}

function floatsOf(tensors: Feeds, name: string): Float32Array {
  const data = tensors[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new EspalierError("INVALID_OPTION", "A calibration input is incomplete", {
    value: name,
    expected: "a float32 tensor",
    found: "none",
  });
}

function chunksOf(tensors: readonly GraphTensor[]): GraphTensor[][] {
  const chunks: GraphTensor[][] = [];
  let room = 0;
  for (const tensor of tensors) {
    const bytes = tensor.shape.reduce((product, size) => product * size, 4);
    if (bytes > room) {
      chunks.push([]);
      room = BUDGET_BYTES;
    }
    chunks.at(-1)?.push(tensor);
    room -= bytes;
  }
  return chunks;
}
