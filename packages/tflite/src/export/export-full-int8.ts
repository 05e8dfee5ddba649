// From an ONNX model to a TFLite file that computes in int8: lowered to a float graph, whose activations are observed on
// calibration inputs by an interpreter, and then quantised.

import {
  type Feeds,
  observeRanges,
  type RangeMethod,
  type TfliteRuntime,
  type ValueRange,
} from "@espalier/core";
import { EspalierError, type Model } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import type { TfliteGraph } from "../graph/tflite-graph.js";
import { quantiseGraph } from "../precision/full-int8.js";
import { graphValues, observedTensors } from "../precision/observe-graph.js";
import { type ExportedTflite, type ExportTfliteOptions, lowerModel, writeGraph } from "./export-tflite.js";
import { toFileOrder } from "./interface-order.js";
import type { TfliteInterface } from "./io.js";

export interface FullInt8Options extends Omit<ExportTfliteOptions, "precision" | "sparse"> {
  /** Runs the float graph to see what its activations are. */
  readonly runtime: TfliteRuntime;
  /** Calibration inputs, as ONNX has them; some hundreds, of the kind that the network will meet. */
  readonly inputs: readonly Feeds[];
  /** @default every value that was observed */
  readonly ranges?: RangeMethod;
  readonly signal?: AbortSignal;
}

export interface ExportedFullInt8 extends ExportedTflite {
  /** Operators that compute in int8, and those that TFLite has no int8 kernel for. */
  readonly operators: { readonly int8: number; readonly float: number };
}

/**
 * Inputs and outputs stay float.
 *
 * @throws EspalierError what `exportTflite` throws; `CALIBRATION_MISSING` without inputs, `NONFINITE` where one of them
 *   makes the network overflow; what the runtime throws
 */
export async function exportFullInt8(model: Model, options: FullInt8Options): Promise<ExportedFullInt8> {
  if (options.inputs.length === 0) {
    throw new EspalierError("CALIBRATION_MISSING", "Full int8 needs calibration inputs", {
      unblock: "Give it some, of the kind that the network will meet.",
    });
  }
  const { graph, io, refused } = lowerModel(model, options);
  if (graph === null)
    return { bytes: null, io, refused, transposedBytes: 0, sparse: null, operators: { int8: 0, float: 0 } };
  const operators = quantiseGraph(graph, await rangesOf(graph, io, options));
  return { ...writeGraph(model, graph, io, options), operators };
}

async function rangesOf(
  graph: TfliteGraph,
  { inputs }: TfliteInterface,
  { runtime, inputs: sets, ranges, signal }: FullInt8Options,
): Promise<ReadonlyMap<GraphTensor, ValueRange>> {
  const tensors = observedTensors(graph);
  const keys = new Map(tensors.map((tensor, i) => [tensor, `v${i}`]));
  const feeds = sets.map((set, i) =>
    Object.fromEntries(
      inputs.map((port) => {
        const tensor = set[port.name];
        if (tensor === undefined) throw missing(port.name, i);
        return [port.name, toFileOrder(port, tensor)] as const;
      }),
    ),
  );
  const source = graphValues(graph, (tensor) => keys.get(tensor) as string, {
    runtime,
    inputs: feeds,
    ...(signal && { signal }),
  });
  const observed = await observeRanges(source, ranges);
  return new Map(tensors.map((tensor) => [tensor, observed.get(keys.get(tensor) as string) as ValueRange]));
}

function missing(value: string, set: number): EspalierError {
  return new EspalierError("INVALID_OPTION", "A calibration input is incomplete", {
    value,
    where: `calibration input ${set}`,
  });
}
