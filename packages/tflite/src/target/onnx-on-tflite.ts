// A TFLite interpreter as a Runtime: it takes files of the target, and ONNX models, which it lowers first. So whatever
// times networks of a shape to learn what a machine rewards, times TFLite.

import type { Profiler, ProfilerOptions, Runtime, TfliteRuntime, Unavailable } from "@espalier/core";
import { EspalierError, type Model, readModel } from "@espalier/ir";
import { exportTflite } from "../export/export-tflite.js";
import { isTflite } from "../is-tflite.js";
import { openTfliteProfiler } from "../measure/tflite-profiler.js";
import { fed, filesOnTflite, type OpenedFile, openFile } from "./files-on-tflite.js";

/** Opset up to which networks are read; what they are lowered from are views that know none. */
const MAX_OPSET = 26;

/** @param interpreter where the files run */
export function onnxOnTflite(interpreter: TfliteRuntime): Runtime {
  const files = filesOnTflite(interpreter, openOrLower);
  return {
    name: interpreter.name,
    capabilities: {
      engine: "wasm",
      threads: interpreter.capabilities.threads,
      float64: false,
      maxOpset: MAX_OPSET,
    },
    ...files,
    loadUntrusted: files.load,
    openProfiler: (options) => profilerOn(interpreter, options),
  };
}

/** Times networks wherever files can be timed. */
export function profilerOn(
  place: Pick<TfliteRuntime, "openTimer">,
  options: ProfilerOptions,
): Promise<Profiler | Unavailable> {
  return openTfliteProfiler(place, options, ({ bytes: given }, feeds) => {
    const { bytes, io, source } = openOrLower(given);
    return { bytes, feeds: fed(io, feeds), model: source };
  });
}

interface Lowered extends OpenedFile {
  /** What the file was written from; null for one that was given. */
  readonly source: Model | null;
}

function openOrLower(given: Uint8Array, bindings: Readonly<Record<string, number>> = {}): Lowered {
  if (isTflite(given)) return { ...openFile(given), source: null };
  const source = readModel(given);
  const { bytes, io, refused } = exportTflite(source, { bindings });
  const [first] = refused;
  if (bytes !== null) return { bytes, io, source };
  throw new EspalierError("NOT_RUNNABLE", "The network has no form in TFLite", {
    ...(first === undefined ? {} : { node: first.node, found: first.reason, unblock: first.unblock }),
  });
}
