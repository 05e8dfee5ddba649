// Vectors of numbers and texts: a length of four bytes, then the elements. Typed arrays other than bytes are copies,
// because a file need not lie aligned in memory; all machines that run JavaScript keep numbers as the file does,
// lowest byte first.

import type { Location } from "../location.js";
import { ELEMENT_BYTES, type VectorKind } from "../schema/field.js";
import type { FileView } from "./file-view.js";
import type { MemoryBudget } from "./memory-budget.js";

const HEAP_OF_ARRAY = 64;
const HEAP_OF_TYPED_ARRAY = 256;
const EMPTY = new Uint8Array(0);

/** @param at  position of the length, required before; null for an empty vector */
export function readVector(
  file: FileView,
  at: number | null,
  kind: VectorKind,
  budget: MemoryBudget,
  location: Location,
): unknown {
  const size = ELEMENT_BYTES[kind];
  const length = at === null ? 0 : file.uint32(at);
  const begin = at === null ? 0 : at + 4;
  if (at !== null) file.require(begin, size * length, size, "A vector");
  if (kind === "bytes?") {
    if (length === 0) return EMPTY;
    budget.spend(HEAP_OF_TYPED_ARRAY);
    return file.slice(begin, length);
  }
  if (kind === "float[]?" || kind === "int32[]" || kind === "uint16[]") {
    budget.spend(HEAP_OF_TYPED_ARRAY + size * length);
    const memory = file.copy(begin, size * length);
    if (kind === "float[]?") return new Float32Array(memory);
    return kind === "int32[]" ? new Int32Array(memory) : new Uint16Array(memory);
  }
  budget.spend(HEAP_OF_ARRAY + 8 * length);
  return Array.from({ length }, (_, i) => readElement(file, begin + size * i, kind, location));
}

function readElement(
  file: FileView,
  at: number,
  kind: "int[]" | "int[]?" | "bool[]?" | "long[]?",
  location: Location,
): number | boolean {
  if (kind === "long[]?") {
    const value = file.int64(at);
    const number = Number(value);
    if (!Number.isSafeInteger(number))
      throw location.error("OVERFLOW", "A number does not fit", "between ±(2^53 - 1)", String(value));
    return number;
  }
  if (kind !== "bool[]?") return file.int32(at);
  const byte = file.byte(at);
  if (byte > 1) throw location.error("AMBIGUOUS", "A truth value is neither 0 nor 1", "0 or 1", String(byte));
  return byte === 1;
}

/** A text: UTF-8 with a zero behind it that is not counted. */
export function readText(
  file: FileView,
  at: number,
  isName: boolean,
  budget: MemoryBudget,
  location: Location,
): string {
  const length = file.uint32(at);
  file.require(at + 4, length + 1, 1, "A text");
  budget.spendText(length, isName);
  if (file.byte(at + 4 + length) !== 0)
    throw location.error(
      "MALFORMED",
      "A text does not end in a zero",
      "0",
      String(file.byte(at + 4 + length)),
    );
  try {
    // A byte order mark is a character like any other: it must not be lost.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.slice(at + 4, length));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw location.error("MALFORMED", "A text is not UTF-8", "valid UTF-8", `${length} bytes that are not`);
  }
}
