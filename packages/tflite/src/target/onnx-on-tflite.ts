// A TFLite interpreter as a Runtime: it takes files of the target, and ONNX models, which it lowers first. So whatever
// times networks of a shape to learn what a machine rewards, times TFLite.

import type {
  Feeds,
  LoadOptions,
  ModelBytes,
  Profiler,
  ProfilerOptions,
  RunLimits,
  Runtime,
  Session,
  TfliteRuntime,
  Unavailable,
} from "@espalier/core";
import { EspalierError, type Model, readModel } from "@espalier/ir";
import { exportTflite } from "../export/export-tflite.js";
import type { TfliteInterface } from "../export/io.js";
import { readInterface } from "../export/read-interface.js";
import { isTflite } from "../is-tflite.js";
import { openTfliteProfiler } from "../measure/tflite-profiler.js";
import { readTflite } from "../read-tflite.js";
import { onnxSession, toFile } from "./onnx-session.js";

/** Opset up to which networks are read; what they are lowered from are views that know none. */
const MAX_OPSET = 26;

/** @param interpreter where the files run */
export function onnxOnTflite(interpreter: TfliteRuntime): Runtime {
  const load = async (
    model: Uint8Array | ModelBytes,
    options: LoadOptions & RunLimits = {},
  ): Promise<Session> => {
    const { bytes, io } = opened(model, options.freeDims);
    const session = await interpreter.load(bytes, options);
    return io === null ? session : onnxSession(session, io);
  };
  return {
    name: interpreter.name,
    capabilities: {
      engine: "wasm",
      threads: interpreter.capabilities.threads,
      float64: false,
      maxOpset: MAX_OPSET,
    },
    load,
    loadUntrusted: load,
    measureFootprint: (model, feeds, options) => {
      const { bytes, io } = opened(model);
      return interpreter.measureFootprint(bytes, fed(io, feeds), options);
    },
    measureLatency: (request) => {
      const files = Object.entries(request.models).map(([label, model]) => [label, opened(model)] as const);
      const io = files[0]?.[1].io ?? null;
      const models = Object.fromEntries(files.map(([label, { bytes }]) => [label, { bytes }]));
      return interpreter.measureLatency({ ...request, models, feeds: fed(io, request.feeds) });
    },
    openProfiler: (options) => profilerOn(interpreter, options),
  };
}

/** Times networks wherever files can be timed. */
export function profilerOn(
  place: Pick<TfliteRuntime, "openTimer">,
  options: ProfilerOptions,
): Promise<Profiler | Unavailable> {
  return openTfliteProfiler(place, options, (model, feeds) => {
    const { bytes, io, source } = opened(model);
    return { bytes, feeds: fed(io, feeds), model: source };
  });
}

interface Opened {
  readonly bytes: Uint8Array;
  /** null for a file of others: it is fed as it is. */
  readonly io: TfliteInterface | null;
  /** null for a file. */
  readonly source: Model | null;
}

/** The file of a model, and how it lies compared with ONNX. */
function opened(model: Uint8Array | ModelBytes, bindings: Readonly<Record<string, number>> = {}): Opened {
  const given = model instanceof Uint8Array ? model : model.bytes;
  if (isTflite(given)) return { bytes: given, io: readInterface(readTflite(given)), source: null };
  const source = readModel(given);
  const { bytes, io, refused } = exportTflite(source, { bindings });
  const [first] = refused;
  if (bytes !== null) return { bytes, io, source };
  throw new EspalierError("NOT_RUNNABLE", "The network has no form in TFLite", {
    ...(first === undefined ? {} : { node: first.node, found: first.reason, unblock: first.unblock }),
  });
}

function fed(io: TfliteInterface | null, feeds: Feeds): Feeds {
  return io === null ? feeds : toFile(io.inputs, feeds);
}
