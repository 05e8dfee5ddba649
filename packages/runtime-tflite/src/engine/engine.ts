// A TFLite interpreter compiled to WebAssembly, as this package drives it: in a child process of Node or in a worker
// of a page. Both packages that ship one wrap it in JavaScript for pages; what is driven here is the module below,
// which takes all element types, where the wrapper of LiteRT.js refuses int8 and int64, and needs no document.

import type { ModelPorts } from "../model-ports.js";

export interface TfliteEngine {
  /**
   * Loads a model; one at a time.
   *
   * @throws Error with what the interpreter says where it refuses the model
   */
  load(bytes: Uint8Array, ports: ModelPorts, threads: number): LoadedModel;
  /** Bytes of linear memory, which never shrinks. */
  memoryBytes(): number;
}

export interface LoadedModel {
  /** Puts the elements of all inputs in place, in the order of the ports. */
  feed(inputs: readonly Uint8Array[]): void;
  /** Computes; the outputs stay until the next run. */
  run(): void;
  /** A copy of the outputs, in the order of the ports. */
  fetch(): readonly EngineOutput[];
  release(): void;
}

export interface EngineOutput {
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** The memory of a module that Emscripten made. */
export interface LinearMemory {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
}

/** A C++ object; it lives until it is deleted. */
export interface Deletable {
  delete(): void;
}

export interface CppVector<T> extends Deletable {
  size(): number;
  get(index: number): T;
}

/** The elements of a vector, which is deleted. */
export function takeVector<T>(vector: CppVector<T>): T[] {
  const elements = Array.from({ length: vector.size() }, (_, i) => vector.get(i));
  vector.delete();
  return elements;
}

/** Where bytes lie after they were copied into the module. */
export function copyIn(module: LinearMemory, bytes: Uint8Array): number {
  const at = module._malloc(bytes.byteLength);
  if (at === 0) throw new Error(`out of memory: no ${bytes.byteLength} bytes for the model`);
  module.HEAPU8.set(bytes, at);
  return at;
}
