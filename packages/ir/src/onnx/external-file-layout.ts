// Lays tensors out in one external data file. Large ones start at multiples of 64 KiB, so that every system can map
// them into memory (the ONNX format asks for 4 KiB; 64 KiB is what Windows needs); small ones at multiples of 64.

import type { Tensor } from "../tensor.js";

const LARGE_BYTES = 1 << 20;
const LARGE_ALIGNMENT = 1 << 16;
const SMALL_ALIGNMENT = 64;

export interface PlacedRange {
  readonly offset: number;
  readonly length: number;
}

export class ExternalFileLayout {
  readonly fileName: string;
  readonly chunks: Uint8Array[] = [];
  byteLength = 0;
  readonly #threshold: number;
  readonly #placed = new Map<Tensor, PlacedRange>();

  /** @param threshold  smaller tensors stay in the model */
  constructor(fileName: string, threshold: number) {
    this.fileName = fileName;
    this.#threshold = threshold;
  }

  /** Where the bytes of `tensor` lie in the file; null when it stays in the model. A tensor used twice lies there once. */
  place(tensor: Tensor): PlacedRange | null {
    if (tensor.storage.kind === "strings" || tensor.byteLength < this.#threshold) return null;
    let range = this.#placed.get(tensor);
    if (range === undefined) {
      const bytes = tensor.bytes();
      this.#align(bytes.byteLength >= LARGE_BYTES ? LARGE_ALIGNMENT : SMALL_ALIGNMENT);
      range = { offset: this.byteLength, length: bytes.byteLength };
      this.#append(bytes);
      this.#placed.set(tensor, range);
    }
    return range;
  }

  #align(alignment: number): void {
    const past = this.byteLength % alignment;
    if (past !== 0) this.#append(new Uint8Array(alignment - past));
  }

  #append(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.byteLength += bytes.byteLength;
  }
}
