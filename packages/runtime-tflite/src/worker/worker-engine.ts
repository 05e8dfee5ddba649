// A TFLite interpreter as a worker of a page serves it. Loaded unbundled, so it imports nothing but its neighbours; what
// it shares with other engines is handed in by the script that starts the worker.

import type { MessageArray, PackedTensors, WorkerEngine, WorkerModel } from "@espalier/runtime-web";
import type { LoadedModel, TfliteEngine } from "../engine/engine.js";
import type { EngineLog } from "../engine/engine-log.js";
import { type GuardedEngine, guardEngine, type LoadSettings } from "../engine/guarded-engine.js";
import type { Port } from "../model-ports.js";

export interface WorkerEngineOptions {
  /** What the interpreter's script exports. */
  readonly factory: (settings: {
    readonly locateFile: (name: string) => string;
    readonly mainScriptUrlOrBlob: string;
    readonly print: EngineLog["print"];
    readonly printErr: EngineLog["print"];
  }) => Promise<unknown>;
  /** Wraps what the factory gives. */
  readonly open: (module: unknown) => TfliteEngine;
  /** Folder of the interpreter's files, and the script itself, which its threads load again. */
  readonly folder: string;
  readonly script: string;
  /** Bounds every memory that is made from now on. */
  readonly watchMemory: (memoryBytes: number | null) => unknown;
}

export function workerEngine(options: WorkerEngineOptions): WorkerEngine {
  let engine: GuardedEngine | null = null;
  const started = (): GuardedEngine => {
    if (engine === null) throw new Error("the engine is not started");
    return engine;
  };
  return {
    async start({ memoryBytes }) {
      options.watchMemory(memoryBytes);
      engine = await guardEngine(async (print) => {
        const module = await options.factory({
          locateFile: (name) => new URL(name, options.folder).href,
          mainScriptUrlOrBlob: options.script,
          print,
          printErr: print,
        });
        return options.open(module);
      });
    },
    async load(bytes, _, settings) {
      const { ports } = settings as LoadSettings;
      return workerModel(await started().load(bytes, settings as LoadSettings), ports.outputs);
    },
    memoryBytes: () => engine?.memoryBytes() ?? 0,
  };
}

/** Tensors travel as bytes, in the order of the file's ports; whoever sent the file knows their types. */
function workerModel(model: LoadedModel, outputs: readonly Port[]): WorkerModel {
  return {
    inputs: [],
    outputs: [],
    async run({ arrays }, fetches) {
      model.feed(arrays.map(bytesOf));
      model.run();
      return pack(model, outputs, fetches);
    },
    prepare({ arrays }) {
      model.feed(arrays.map(bytesOf));
      return async () => model.run();
    },
    endProfile: () => null,
    release: async () => model.release(),
  };
}

function pack(
  model: LoadedModel,
  outputs: readonly Port[],
  fetches: readonly string[] | null,
): PackedTensors {
  const fetched = model
    .fetch()
    .map(({ dims, bytes }, i) => ({ name: (outputs[i] as Port).name, dims, bytes }))
    .filter(({ name }) => fetches === null || fetches.includes(name));
  return {
    tensors: fetched.map(({ name, dims }) => ({ name, type: "uint8", dims })),
    arrays: fetched.map(({ bytes }) => bytes),
  };
}

function bytesOf(array: MessageArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
