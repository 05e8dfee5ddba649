// What several steps are fed, as one: each tensor with the steps as its first axis.

import type { RuntimeTensor } from "@espalier/core";

type Numbers = Exclude<RuntimeTensor["data"], readonly string[]>;

interface Stacked extends Pick<RuntimeTensor, "dataType" | "dims"> {
  /** Of one step. */
  readonly size: number;
  readonly data: Numbers;
}

/** Copies the steps of a run one after the other, since batches may be overwritten when the next is read. */
export class StepStack {
  readonly #stacked = new Map<string, Stacked>();

  /** Takes what step `index` of a run of `count` is fed: in every step the same names, types and sizes. */
  put(index: number, count: number, fed: Readonly<Record<string, RuntimeTensor>>): void {
    for (const [name, tensor] of Object.entries(fed)) {
      const part = tensor.data as Numbers;
      const { data } = this.#roomFor(name, tensor, part, count);
      // Both of one type, which the compiler cannot see.
      (data as Float32Array).set(part as Float32Array, index * part.length);
    }
  }

  /** The first `count` steps of the run: views of buffers that the next run is copied into. */
  first(count: number): Record<string, RuntimeTensor> {
    return Object.fromEntries(
      [...this.#stacked].map(([name, { dataType, dims, size, data }]) => [
        name,
        { dataType, dims: [count, ...dims], data: data.subarray(0, count * size) },
      ]),
    );
  }

  #roomFor(name: string, { dataType, dims }: RuntimeTensor, part: Numbers, count: number): Stacked {
    const known = this.#stacked.get(name);
    if (known !== undefined && known.data.length >= count * part.length) return known;
    const data = new (part.constructor as new (length: number) => Numbers)(count * part.length);
    const made = { dataType, dims, size: part.length, data };
    this.#stacked.set(name, made);
    return made;
  }
}
