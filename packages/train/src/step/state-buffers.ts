// The tensors that go from step to step, twice: what a step reads, and where it writes.

import type { RuntimeTensor } from "@espalier/core";
import { DataType, EspalierError, readFloats } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import type { StatePort } from "./step-graph.js";

type FloatTensor = RuntimeTensor & { readonly data: Float32Array };

/** Two sets of tensors: what a step reads, and where it writes. */
export class StateBuffers {
  readonly #ports: readonly StatePort[];
  #current: Map<string, FloatTensor> = new Map();
  #spare: Map<string, FloatTensor> = new Map();

  constructor(ports: readonly StatePort[]) {
    this.#ports = ports;
    for (const { name, dims, initial } of ports) {
      const size = elementCount(dims);
      const first = initial === null ? new Float32Array(size) : Float32Array.from(readFloats(initial));
      this.#current.set(name, { dataType: DataType.FLOAT, dims, data: first });
      this.#spare.set(name, { dataType: DataType.FLOAT, dims, data: new Float32Array(size) });
    }
  }

  current(name: string): Float32Array | undefined {
    return this.#current.get(name)?.data;
  }

  inputs(): Record<string, RuntimeTensor> {
    return Object.fromEntries(
      this.#ports.map(({ name, input }) => [input, this.#current.get(name) as RuntimeTensor]),
    );
  }

  outputs(): Record<string, RuntimeTensor> {
    return Object.fromEntries(
      this.#ports.map(({ name, output }) => [output, this.#spare.get(name) as RuntimeTensor]),
    );
  }

  /** Takes what a step gave, which lies in the spare buffers where the engine could write there. */
  swap(results: Readonly<Record<string, RuntimeTensor>>): void {
    const written = new Map<string, FloatTensor>();
    for (const { name, output, dims } of this.#ports) {
      const data = results[output]?.data as Float32Array;
      const spare = this.#spare.get(name);
      written.set(name, spare?.data === data ? spare : { dataType: DataType.FLOAT, dims, data });
    }
    this.#spare = this.#current;
    this.#current = written;
  }

  copy(): ReadonlyMap<string, Float32Array> {
    return new Map(this.#ports.map(({ name }) => [name, (this.current(name) as Float32Array).slice()]));
  }

  restore(tensors: ReadonlyMap<string, Float32Array>): void {
    for (const { name } of this.#ports) {
      const [own, given] = [this.current(name) as Float32Array, tensors.get(name)];
      if (given?.length !== own.length)
        throw new EspalierError("CHECKPOINT_MISMATCH", "The state is not one of this network and optimiser", {
          value: name,
          expected: `${own.length} numbers`,
          found: given === undefined ? "nothing of that name" : `${given.length} numbers`,
        });
    }
    for (const { name } of this.#ports)
      (this.current(name) as Float32Array).set(tensors.get(name) as Float32Array);
  }
}
