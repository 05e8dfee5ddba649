// What decoding a file may take in memory. FlatBuffers let any number of offsets point to the same bytes, so a small
// file can stand for objects without end: what is decoded is counted before it is made and held against the size of
// the file.

import { enforceLimit, type Limits } from "@espalier/ir";
import type { Location } from "../location.js";

/** Heap bytes that `limits.messages` counts as one, in ONNX files too. */
const HEAP_PER_MESSAGE = 128;
const HEAP_PER_FILE_BYTE = 8;
const HEAP_OF_ANY_FILE = 64 * 1024 * 1024;

export class MemoryBudget {
  readonly #limits: Limits;
  readonly #location: Location;
  readonly #most: number;
  #spent = 0;
  #text = 0;

  constructor(fileBytes: number, limits: Limits, location: Location) {
    this.#location = location;
    const proportional = HEAP_PER_FILE_BYTE * fileBytes + HEAP_OF_ANY_FILE;
    const messages = Math.min(limits.messages, Math.floor(proportional / HEAP_PER_MESSAGE));
    this.#limits = { ...limits, messages };
    this.#most = messages * HEAP_PER_MESSAGE;
  }

  /** @throws EspalierError `LIMIT_EXCEEDED` of `messages` */
  spend(heapBytes: number): void {
    this.#spent += heapBytes;
    if (this.#spent > this.#most)
      enforceLimit(
        this.#limits,
        "messages",
        Math.ceil(this.#spent / HEAP_PER_MESSAGE),
        this.#location.toString(),
      );
  }

  /** @throws EspalierError `LIMIT_EXCEEDED` of `nameBytes`, `textBytes`, `messages` */
  spendText(bytes: number, isName: boolean): void {
    if (isName && bytes > this.#limits.nameBytes)
      enforceLimit(this.#limits, "nameBytes", bytes, this.#location.toString());
    this.#text += bytes;
    if (this.#text > this.#limits.textBytes)
      enforceLimit(this.#limits, "textBytes", this.#text, this.#location.toString());
    this.spend(32 + 2 * bytes);
  }
}
