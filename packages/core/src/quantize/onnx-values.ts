// The values inside an ONNX network as a source of ranges: a copy of the network gives the wanted values out, some at a
// time, so that what is at hand at once stays within a budget.

import { DataType, EspalierError, type Facts, type Model, quoteName, type Value } from "@espalier/ir";
import { extractModel } from "../calibration/extract.js";
import type { RunOptions } from "../calibration/frontier.js";
import { stopIfAborted } from "../calibration/stop.js";
import { modelBytes } from "../parity/parity.js";
import type { Feeds, ProgressListener } from "../runtime.js";
import type { ValueSource } from "./observe-ranges.js";

const MIB = 1024 * 1024;

export interface OnnxValuesOptions extends RunOptions {
  readonly inputs: readonly Feeds[];
  /**
   * Bytes of all values that one run gives, about.
   *
   * @default 256 MiB
   */
  readonly budgetBytes?: number;
  readonly onProgress?: ProgressListener;
}

/**
 * @param facts at the sizes of the inputs; a value whose size is not known is run alone
 * @param wanted float32 values that nodes compute; anything else is refused
 * @throws EspalierError `INVALID_OPTION`, and when it runs what the Runtime throws
 */
export function onnxValues(
  model: Model,
  facts: Facts,
  wanted: readonly Value[],
  options: OnnxValuesOptions,
): ValueSource {
  for (const value of wanted) {
    if (value.producer !== null && facts.dataType(value) === DataType.FLOAT) continue;
    throw new EspalierError("INVALID_OPTION", `${quoteName(value.name)} has no range to observe`, {
      expected: "a float32 value that a node computes",
    });
  }
  const chunks = chunksOf(wanted, (value) => bytesOf(facts, value), options.budgetBytes ?? 256 * MIB);
  const fed = new Map(
    model.graph.inputs
      .filter(({ initializer }) => initializer === null)
      .map((input) => [input, facts.dataType(input) ?? DataType.FLOAT] as const),
  );
  const { runtime, limits, inputs, threads, signal, onProgress } = options;
  const load = { spinning: false, ...(threads === undefined ? {} : { threads }), ...(signal && { signal }) };
  return async (visit) => {
    let done = 0;
    for (const chunk of chunks) {
      const part = modelBytes(
        extractModel(model, fed, new Map(chunk.map((value) => [value, DataType.FLOAT]))),
      );
      const session =
        limits === undefined
          ? await runtime.load(part, load)
          : await runtime.loadUntrusted(part, { ...load, ...limits });
      try {
        const read = new Set(session.inputs.map(({ name }) => name));
        for (const feeds of inputs) {
          stopIfAborted(signal);
          const given = Object.fromEntries(Object.entries(feeds).filter(([name]) => read.has(name)));
          const results = await session.run(given);
          for (const value of chunk) visit(value.name, results[value.name]?.data as Float32Array);
          onProgress?.({
            phase: "observing activations",
            done: ++done,
            total: chunks.length * inputs.length,
            unit: "runs",
          });
        }
      } finally {
        await session.dispose();
      }
    }
  };
}

function bytesOf(facts: Facts, value: Value): number {
  return (facts.shape(value) ?? [null]).reduce<number>(
    (product, size) => product * (typeof size === "number" ? size : Number.POSITIVE_INFINITY),
    4,
  );
}

/** In order, each chunk within the budget or of one element. */
function chunksOf<T>(list: readonly T[], bytes: (one: T) => number, budget: number): T[][] {
  const chunks: T[][] = [];
  let room = 0;
  for (const one of list) {
    const size = bytes(one);
    if (size > room) {
      chunks.push([]);
      room = budget;
    }
    chunks.at(-1)?.push(one);
    room -= size;
  }
  return chunks;
}
