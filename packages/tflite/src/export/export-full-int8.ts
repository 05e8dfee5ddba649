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
import type { TfliteGraph } from "../graph/tflite-graph.js";
import { quantiseGraph } from "../precision/full-int8.js";
import { graphValues, observedTensors } from "../precision/observe-graph.js";
import { type ExportedTflite, type ExportTfliteOptions, lowerModel, writeGraph } from "./export-tflite.js";
import { toFileOrder } from "./interface-order.js";
import type { TfliteInterface } from "./io.js";
import { unbatched } from "./unbatch.js";

export interface ObserveInt8Options extends Omit<ExportTfliteOptions, "precision" | "sparse"> {
  /** Runs the float graph to see what its activations are. */
  readonly runtime: Pick<TfliteRuntime, "load">;
  /** Calibration inputs, as ONNX has them; some hundreds, of the kind that the network will meet. */
  readonly inputs: readonly Feeds[];
  /** @default every value that was observed */
  readonly ranges?: RangeMethod;
  readonly signal?: AbortSignal;
}

export interface ExportInt8Options extends Omit<ExportTfliteOptions, "precision" | "sparse"> {
  /** What `observeInt8` found for this network. */
  readonly ranges: readonly ValueRange[];
}

export interface ExportedFullInt8 extends ExportedTflite {
  /** Operators that compute in int8, and those that TFLite has no int8 kernel for. */
  readonly operators: { readonly int8: number; readonly float: number };
}

/**
 * The ranges of all float tensors of a network's TFLite graph, in its order: what is fed, then what is computed; null
 * where the network has no form in TFLite.
 *
 * @throws EspalierError what `exportTflite` throws; `CALIBRATION_MISSING` without inputs, `NONFINITE` where one of them
 *   makes the network overflow; what the runtime throws
 */
export async function observeInt8(
  model: Model,
  options: ObserveInt8Options,
): Promise<readonly ValueRange[] | null> {
  if (options.inputs.length === 0) {
    throw new EspalierError("CALIBRATION_MISSING", "Full int8 needs calibration inputs", {
      unblock: "Give it some, of the kind that the network will meet.",
    });
  }
  const { graph, io } = lowerModel(model, options);
  return graph === null ? null : rangesOf(graph, io, options);
}

/**
 * A file that computes in int8 by ranges that were observed. Pure: the same network and ranges give the same bytes.
 * Inputs and outputs stay float.
 *
 * @throws EspalierError what `exportTflite` throws; `PLAN_MISMATCH` where the ranges are another network's
 */
export function exportInt8(model: Model, options: ExportInt8Options): ExportedFullInt8 {
  const { graph, io, refused } = lowerModel(model, options);
  if (graph === null) {
    const none = { bytes: null, transposedBytes: 0, sparse: null, operators: { int8: 0, float: 0 } };
    return { ...none, io, refused };
  }
  const tensors = observedTensors(graph);
  if (tensors.length !== options.ranges.length) {
    throw new EspalierError("PLAN_MISMATCH", "The ranges are those of another network", {
      where: "ranges",
      expected: String(tensors.length),
      found: String(options.ranges.length),
    });
  }
  const ranges = new Map(tensors.map((tensor, i) => [tensor, options.ranges[i] as ValueRange]));
  const operators = quantiseGraph(graph, ranges);
  return { ...writeGraph(model, graph, io, options), operators };
}

/** Both in one: observed, then written. @throws EspalierError what both throw */
export async function exportFullInt8(model: Model, options: ObserveInt8Options): Promise<ExportedFullInt8> {
  const { ranges: _, ...plain } = options;
  return exportInt8(model, { ...plain, ranges: (await observeInt8(model, options)) ?? [] });
}

async function rangesOf(
  graph: TfliteGraph,
  { inputs }: TfliteInterface,
  { runtime, inputs: sets, ranges, signal }: ObserveInt8Options,
): Promise<readonly ValueRange[]> {
  const tensors = observedTensors(graph);
  const keys = new Map(tensors.map((tensor, i) => [tensor, `v${i}`]));
  const batch = inputs[0]?.onnxShape[0] ?? 1;
  const feeds = unbatched(sets, batch).map((set, i) =>
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
  return tensors.map((tensor) => observed.get(keys.get(tensor) as string) as ValueRange);
}

function missing(value: string, set: number): EspalierError {
  return new EspalierError("INVALID_OPTION", "A calibration input is incomplete", {
    value,
    where: `calibration input ${set}`,
  });
}
