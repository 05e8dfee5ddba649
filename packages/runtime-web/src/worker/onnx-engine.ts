// ONNX Runtime as a worker serves it.

import type { InferenceSession } from "onnxruntime-common";
import { assetFailure } from "./asset-failure.js";
import { type CapturedOutput, captureOutput } from "./captured-output.js";
import { EngineFailure, type WorkerEngine, type WorkerModel } from "./engine.js";
import { watchMemory } from "./linear-memory.js";
import type { EngineSettings, PortHeader, SessionSettings } from "./messages.js";
import type { Engine } from "./onnxruntime.js";
import { START_MODEL } from "./start-model.js";
import { fromOrtTensors, toOrtTensors } from "./tensor-messages.js";

const MAX_REPLY_BYTES = 1024 ** 3;

export function onnxEngine(engine: Engine): WorkerEngine {
  let memoryBytes: () => number = () => 0;
  let output: CapturedOutput | null = null;
  return {
    async start(settings) {
      memoryBytes = watchMemory(settings.memoryBytes);
      output = captureOutput();
      await start(engine, settings);
    },
    async load(bytes, external, settings) {
      const { optimisation, freeDims, profile } = settings as SessionSettings;
      const session = await engine.ort.InferenceSession.create(bytes, {
        executionProviders: [engine.executionProvider],
        graphOptimizationLevel: optimisation ?? "all",
        logSeverityLevel: 4, // failures are thrown; the same text on the console would be noise
        enableProfiling: profile,
        ...(freeDims === undefined ? {} : { freeDimensionOverrides: freeDims }),
        externalData: [...external],
      });
      return new OnnxModel(engine, session, profile ? output : null);
    },
    memoryBytes: () => memoryBytes(),
  };
}

async function start(engine: Engine, settings: EngineSettings): Promise<void> {
  const { ort, executionProvider, needsMjs } = engine;
  const wasm = settings.wasm ?? engine.wasm;
  const mjs = settings.mjs ?? (needsMjs && settings.threads > 1 ? engine.mjs : null);
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = settings.threads;
  ort.env.wasm.wasmPaths = mjs === null ? { wasm } : { wasm, mjs };
  try {
    const options = { executionProviders: [executionProvider] };
    await (await ort.InferenceSession.create(START_MODEL, options)).release();
  } catch (error) {
    const asset = mjs === null ? null : await assetFailure(mjs, "JavaScript");
    throw new EngineFailure(error, asset ?? (await assetFailure(wasm, "wasm")));
  }
}

class OnnxModel implements WorkerModel {
  readonly #engine: Engine;
  readonly #session: InferenceSession;
  /** Where the trace is printed; null once it was taken, or where none is. */
  #output: CapturedOutput | null;
  readonly inputs: readonly PortHeader[];
  readonly outputs: readonly PortHeader[];

  constructor(engine: Engine, session: InferenceSession, output: CapturedOutput | null) {
    this.#engine = engine;
    this.#session = session;
    this.#output = output;
    this.inputs = session.inputMetadata.map(portHeader);
    this.outputs = session.outputMetadata.map(portHeader);
  }

  async run(
    { tensors, arrays }: Parameters<WorkerModel["run"]>[0],
    fetches: readonly string[] | null,
  ): ReturnType<WorkerModel["run"]> {
    const feeds = toOrtTensors(this.#engine.ort, tensors, arrays);
    const names = fetches ?? tensorOutputs(this.#session);
    return fromOrtTensors(await this.#session.run(feeds, [...names]), MAX_REPLY_BYTES);
  }

  prepare({ tensors, arrays }: Parameters<WorkerModel["prepare"]>[0]): () => Promise<unknown> {
    const feeds = toOrtTensors(this.#engine.ort, tensors, arrays);
    return () => this.#session.run(feeds);
  }

  /** The engine has no files: it prints its trace. */
  endProfile(): string | null {
    const output = this.#output;
    this.#output = null;
    return output?.during(() => this.#session.endProfiling()).join("\n") ?? null;
  }

  async release(): Promise<void> {
    this.endProfile(); // else it is printed
    await this.#session.release();
  }
}

/** A sequence or a map has no place in a message: left out unless asked for. */
function tensorOutputs({ outputMetadata }: InferenceSession): string[] {
  return outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
}

function portHeader(metadata: InferenceSession.ValueMetadata): PortHeader {
  const { name } = metadata;
  return metadata.isTensor
    ? { name, type: metadata.type, shape: [...metadata.shape] }
    : { name, type: null, shape: [] };
}
