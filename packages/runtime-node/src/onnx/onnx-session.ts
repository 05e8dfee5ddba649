// One session of ONNX Runtime, in this process: load, run, profile, release. Used by the in-process
// runtime and inside the child process, so it throws what ONNX Runtime throws and loads nothing but it.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Feeds, LoadOptions, ModelBytes, ProfiledNode, RuntimeTensor } from "@espalier/core";
import { elementTypeOfName, summariseTrace } from "@espalier/core/engine";
import type { InferenceSession } from "onnxruntime-common";
import type { PortInfo } from "../child/engine.js";
import type { OnnxRuntime } from "./onnxruntime.js";
import { fromOrtTensor, toOrtTensor } from "./tensor.js";

export interface SessionSettings extends Pick<LoadOptions, "spinning" | "optimisation"> {
  /** Always given: the default of ONNX Runtime depends on the machine. */
  readonly threads: number;
  /** An empty folder for the profile; null to take none. Whoever made it removes it. */
  readonly traceFolder: string | null;
}

export interface OnnxSession {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly native: InferenceSession;
  run(
    feeds: Feeds,
    fetches?: readonly string[],
    into?: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<Record<string, RuntimeTensor>>;
  /** Ends profiling; null when it was not asked for. */
  profile(): Promise<readonly ProfiledNode[] | null>;
  release(): Promise<void>;
}

/** Creates the native session. */
export async function openSession(
  ort: OnnxRuntime,
  model: ModelBytes,
  settings: SessionSettings,
): Promise<OnnxSession> {
  const { traceFolder } = settings;
  const native = await ort.InferenceSession.create(model.bytes, sessionOptions(model, settings));
  const outputs = native.outputMetadata.map(portInfo);
  // A sequence or a map has no place in a RuntimeTensor: left out unless asked for.
  const tensorOutputs = outputs.filter((output) => output.dataType !== 0).map((output) => output.name);
  let profiling = traceFolder !== null;

  return {
    inputs: native.inputMetadata.map(portInfo),
    outputs,
    native,
    async run(feeds, fetches = tensorOutputs, into = {}) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, tensor]) => [name, toOrtTensor(ort, name, tensor)]),
      );
      const places = Object.fromEntries(
        fetches.map((name) => {
          const place = into[name];
          return [name, place === undefined ? null : toOrtTensor(ort, name, place)];
        }),
      );
      const results = await native.run(tensors, places);
      // onnxruntime-node writes into the places and gives a copy besides, which nobody needs.
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, into[name] ?? fromOrtTensor(name, tensor)]),
      );
    },
    async profile() {
      if (traceFolder === null || !profiling) return null;
      profiling = false;
      native.endProfiling();
      const [file] = await readdir(traceFolder);
      return file === undefined ? [] : summariseTrace(await readFile(join(traceFolder, file), "utf8"));
    },
    async release() {
      if (profiling) native.endProfiling(); // else it writes its file after we have gone
      profiling = false;
      await native.release();
    },
  };
}

function sessionOptions(model: ModelBytes, settings: SessionSettings): InferenceSession.SessionOptions {
  const { traceFolder } = settings;
  return {
    executionProviders: ["cpu"],
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: settings.optimisation ?? "all",
    logSeverityLevel: 4, // failures are thrown; the same text on stderr would be noise
    extra: { session: { intra_op: { allow_spinning: settings.spinning ? "1" : "0" } } },
    ...(model.external === undefined
      ? {}
      : { externalData: Object.entries(model.external).map(([path, data]) => ({ path, data })) }),
    ...(traceFolder === null ? {} : { enableProfiling: true, profileFilePrefix: join(traceFolder, "trace") }),
  };
}

function portInfo(metadata: InferenceSession.ValueMetadata): PortInfo {
  if (!metadata.isTensor) return { name: metadata.name, dataType: 0, shape: [] };
  return {
    name: metadata.name,
    dataType: elementTypeOfName(metadata.type)?.code ?? 0,
    shape: [...metadata.shape], // "" for a dimension without size and name
  };
}
