// tfjs-tflite: the module of @tensorflow/tfjs-tflite 0.0.1-alpha.10, a TFLite of about version 2.12 with XNNPACK.

import type { ModelPorts, Port } from "../model-ports.js";
import {
  type CppVector,
  copyIn,
  type Deletable,
  type EngineOutput,
  type LinearMemory,
  type LoadedModel,
  type TfliteEngine,
  takeVector,
} from "./engine.js";

interface TensorInfo {
  /** Index of the tensor in the main graph. */
  readonly id: number;
  /** "float32" */
  readonly dataType: string;
  /** "1,8,8,3" */
  readonly shape: string;
  /** A view on the module's memory. */
  data(): ArrayBufferView;
}

interface Runner extends Deletable {
  GetInputs(): CppVector<TensorInfo>;
  GetOutputs(): CppVector<TensorInfo>;
  Infer(): boolean;
}

/** The part of the module that is used here. */
export interface TfjsTfliteModule extends LinearMemory {
  readonly TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(
      at: number,
      bytes: number,
      options: {
        readonly numThreads: number;
        readonly enableProfiling: boolean;
        readonly maxProfilingBufferEntries: number;
      },
    ): Deletable & { ok(): boolean; errorMessage(): string; value(): Runner };
  };
}

export function tfjsTfliteEngine(module: TfjsTfliteModule): TfliteEngine {
  return {
    load(bytes, ports, threads) {
      const at = copyIn(module, bytes);
      const created = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(at, bytes.byteLength, {
        numThreads: threads,
        enableProfiling: false,
        maxProfilingBufferEntries: 1024,
      });
      if (!created.ok()) throw new Error(created.errorMessage());
      return new TfjsTfliteModel(module, at, created.value(), ports);
    },
    memoryBytes: () => module.HEAPU8.buffer.byteLength,
  };
}

class TfjsTfliteModel implements LoadedModel {
  readonly #module: TfjsTfliteModule;
  readonly #at: number;
  readonly #runner: Runner;
  readonly #ports: ModelPorts;

  constructor(module: TfjsTfliteModule, at: number, runner: Runner, ports: ModelPorts) {
    this.#module = module;
    this.#at = at;
    this.#runner = runner;
    this.#ports = ports;
    this.#inputs(); // refuses what it does not find
    this.#outputs();
  }

  feed(inputs: readonly Uint8Array[]): void {
    for (const [i, info] of this.#inputs().entries()) {
      const bytes = inputs[i] as Uint8Array;
      const place = bytesOf(info);
      if (place.byteLength !== bytes.byteLength) throw new Error(`input ${i} has another size`);
      place.set(bytes);
    }
  }

  run(): void {
    if (!this.#runner.Infer()) throw new Error("the interpreter failed");
  }

  fetch(): readonly EngineOutput[] {
    return this.#outputs().map((info) => ({ dims: dimsOf(info), bytes: bytesOf(info).slice() }));
  }

  release(): void {
    this.#runner.delete();
    this.#module._free(this.#at);
  }

  /** Asked for anew each time: the views are stale once the memory has grown. */
  #inputs(): TensorInfo[] {
    const found = takeVector(this.#runner.GetInputs());
    return this.#ports.inputs.map((port) => {
      const info = find(found, port);
      if (String(dimsOf(info)) === String(port.dims)) return info;
      throw new Error(`the runtime reads an input as [${info.shape}], not as [${port.dims}]`);
    });
  }

  #outputs(): TensorInfo[] {
    const found = takeVector(this.#runner.GetOutputs());
    return this.#ports.outputs.map((port) => find(found, port));
  }
}

function find(found: readonly TensorInfo[], { tensor, type }: Port): TensorInfo {
  const info = found.find(({ id }) => id === tensor);
  if (info === undefined) throw new Error("the runtime finds other inputs or outputs than the file has");
  if (info.dataType.toUpperCase() === type) return info;
  throw new Error(
    `the runtime has no inputs or outputs of type ${type}: it gives ${info.dataType || "none"}`,
  );
}

function dimsOf({ shape }: TensorInfo): number[] {
  return shape === "" ? [] : shape.split(",").map(Number);
}

function bytesOf(info: TensorInfo): Uint8Array {
  const view = info.data();
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
