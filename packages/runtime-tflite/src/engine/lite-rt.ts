// LiteRT.js: the module of @litertjs/core. Version 2.5.3 is what this was written for; its classes are named as there.

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

/** LiteRT's own numbers for element types. */
const ELEMENT_TYPES = [
  "NONE", "FLOAT32", "INT32", "UINT8", "INT64", "STRING", "BOOL", "INT16", "COMPLEX64", "INT8", "FLOAT16", "FLOAT64",
  "COMPLEX128", "UINT64", "RESOURCE", "VARIANT", "UINT32", "UINT16", "INT4", "BFLOAT16",
]; // biome-ignore format: a table

interface EnumElement {
  readonly value: number;
}

interface TensorType extends Deletable {
  elementType(): EnumElement;
  layout(): Deletable & { dimensions(): CppVector<number> };
  bytes(): number;
}

interface TensorBuffer extends Deletable {
  lock(mode: EnumElement): number;
  unlock(): void;
  tensorType(): TensorType;
  packedSize(): number;
}

interface Signature extends Deletable {
  key(): string;
  inputNames(): CppVector<string>;
  outputNames(): CppVector<string>;
}

interface Model extends Deletable {
  getNumSignatures(): number;
  getSignature(index: number): Signature;
  getInputTensorType(signature: number, input: number): TensorType;
}

interface CompiledModel extends Deletable {
  run(signature: number, inputs: readonly TensorBuffer[]): TensorBuffer[];
}

/** The part of the module that is used here. */
export interface LiteRtModule extends LinearMemory {
  readonly LiteRtEnvironment: { create(webGpuDevice: null): Deletable };
  loadModel(environment: Deletable, at: number, bytes: number): Model;
  compileModel(environment: Deletable, model: Model, options: object): CompiledModel;
  readonly LiteRtTensorBuffer: {
    createManaged(environment: Deletable, kind: EnumElement, type: TensorType, bytes: number): TensorBuffer;
  };
  readonly LiteRtTensorBufferType: { readonly HOST_MEMORY: EnumElement };
  readonly LiteRtTensorBufferLockMode: { readonly READ: EnumElement; readonly WRITE: EnumElement };
}

export function liteRtEngine(module: LiteRtModule): TfliteEngine {
  const environment = module.LiteRtEnvironment.create(null);
  return {
    load(bytes, ports, threads) {
      const at = copyIn(module, bytes);
      const model = module.loadModel(environment, at, bytes.byteLength);
      const options = {
        environment: { liteRtEnvironment: environment },
        accelerator: "wasm",
        cpuOptions: { numThreads: threads },
        gpuOptions: {},
        webNNOptions: {},
      };
      const compiled = module.compileModel(environment, model, options);
      return new LiteRtModel({ module, environment, at, model, compiled }, ports);
    },
    memoryBytes: () => module.HEAPU8.buffer.byteLength,
  };
}

interface Handles {
  readonly module: LiteRtModule;
  readonly environment: Deletable;
  readonly at: number;
  readonly model: Model;
  readonly compiled: CompiledModel;
}

class LiteRtModel implements LoadedModel {
  readonly #handles: Handles;
  readonly #signature: number;
  /** In LiteRT's order. */
  readonly #inputs: readonly TensorBuffer[];
  #outputs: readonly TensorBuffer[] = [];
  /** For each port its place in LiteRT's order. */
  readonly #inputPlaces: readonly number[];
  readonly #outputPlaces: readonly number[];

  constructor(handles: Handles, ports: ModelPorts) {
    const { module, environment, model } = handles;
    this.#handles = handles;
    this.#signature = findSignature(model, ports.signature);
    const signature = model.getSignature(this.#signature);
    const inputNames = takeVector(signature.inputNames());
    this.#inputPlaces = placesOf(ports.inputs, inputNames);
    this.#outputPlaces = placesOf(ports.outputs, takeVector(signature.outputNames()));
    signature.delete();
    this.#inputs = inputNames.map((_, place) => {
      const type = model.getInputTensorType(this.#signature, place);
      requireType(ports.inputs[this.#inputPlaces.indexOf(place)], describe(type));
      const kind = module.LiteRtTensorBufferType.HOST_MEMORY;
      const buffer = module.LiteRtTensorBuffer.createManaged(environment, kind, type, type.bytes());
      type.delete();
      return buffer;
    });
  }

  feed(inputs: readonly Uint8Array[]): void {
    const { module } = this.#handles;
    for (const [i, bytes] of inputs.entries()) {
      const buffer = this.#inputs[this.#inputPlaces[i] ?? -1] as TensorBuffer;
      if (buffer.packedSize() !== bytes.byteLength) throw new Error(`input ${i} has another size`);
      const at = buffer.lock(module.LiteRtTensorBufferLockMode.WRITE);
      module.HEAPU8.set(bytes, at);
      buffer.unlock();
    }
  }

  run(): void {
    for (const output of this.#outputs) output.delete();
    this.#outputs = [];
    this.#outputs = this.#handles.compiled.run(this.#signature, this.#inputs);
  }

  fetch(): readonly EngineOutput[] {
    const { module } = this.#handles;
    return this.#outputPlaces.map((place) => {
      const buffer = this.#outputs[place] as TensorBuffer;
      const type = buffer.tensorType();
      const { dims } = describe(type);
      type.delete();
      const at = buffer.lock(module.LiteRtTensorBufferLockMode.READ);
      const bytes = module.HEAPU8.slice(at, at + buffer.packedSize());
      buffer.unlock();
      return { dims, bytes };
    });
  }

  release(): void {
    const { module, at, model, compiled } = this.#handles;
    for (const buffer of [...this.#inputs, ...this.#outputs]) buffer.delete();
    compiled.delete();
    model.delete();
    module._free(at);
  }
}

function findSignature(model: Model, key: string | null): number {
  if (key === null) return 0; // LiteRT makes one of the main graph
  for (let i = 0; i < model.getNumSignatures(); i++) {
    const signature = model.getSignature(i);
    const found = signature.key();
    signature.delete();
    if (found === key) return i;
  }
  throw new Error("the runtime does not find the signature of the main graph");
}

function placesOf(ports: readonly Port[], names: readonly string[]): number[] {
  const places = ports.map(({ name }) => names.indexOf(name));
  if (ports.length !== names.length || places.includes(-1)) {
    throw new Error("the runtime finds other inputs or outputs than the file has");
  }
  return places;
}

function requireType(port: Port | undefined, { type, dims }: ReturnType<typeof describe>): void {
  if (port?.type === type && String(port.dims) === String(dims)) return;
  throw new Error(`the runtime reads an input as ${type} [${dims}], not as ${port?.type} [${port?.dims}]`);
}

function describe(type: TensorType): { readonly type: string; readonly dims: readonly number[] } {
  const layout = type.layout();
  const dims = takeVector(layout.dimensions());
  layout.delete();
  return { type: ELEMENT_TYPES[type.elementType().value] ?? "unknown", dims };
}
