// A TFLite interpreter as a Runtime: it takes files of the target, and ONNX models, which it lowers first. So whatever
// times networks of a shape to learn what a machine rewards, times TFLite.

import type { Runtime, TfliteRuntime, Unavailable } from "@espalier/core";
import { EspalierError, readModel } from "@espalier/ir";
import { exportTflite } from "../export/export-tflite.js";
import { isTflite } from "../is-tflite.js";
import { filesOnTflite, type OpenedFile, openFile } from "./files-on-tflite.js";

/** Opset up to which networks are read; what they are lowered from are views that know none. */
const MAX_OPSET = 26;

const NO_PROFILER: Unavailable = {
  unavailable: "UNAVAILABLE",
  unblock: "Give the step of the widths with --step, and a budget of MACs, parameters or size.",
};

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
    openProfiler: async () => NO_PROFILER,
  };
}

function openOrLower(given: Uint8Array, bindings: Readonly<Record<string, number>> = {}): OpenedFile {
  if (isTflite(given)) return openFile(given);
  const { bytes, io, refused } = exportTflite(readModel(given), { bindings });
  const [first] = refused;
  if (bytes !== null) return { bytes, io };
  throw new EspalierError("NOT_RUNNABLE", "The network has no form in TFLite", {
    ...(first === undefined ? {} : { node: first.node, found: first.reason, unblock: first.unblock }),
  });
}
