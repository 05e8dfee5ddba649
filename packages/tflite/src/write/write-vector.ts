// Vectors of numbers and texts, written from their end as a builder of FlatBuffers does.

import type { Builder } from "flatbuffers";
import type { Location } from "../location.js";
import { ELEMENT_BYTES, type VectorKind } from "../schema/field.js";
import { requireInt32 } from "./require-scalar.js";

/**
 * @param align  of the first byte, for vectors of bytes
 * @returns position in the builder
 */
export function writeVector(
  builder: Builder,
  elements: ArrayLike<number | boolean>,
  kind: VectorKind,
  align: number,
  location: Location,
): number {
  if (kind === "bytes?") {
    // The builder aligns the length alone; padding for the bytes behind it goes in first.
    builder.prep(Math.max(align, 4), elements.length);
    return builder.createByteVector(elements as Uint8Array);
  }
  // As bits, so that a NaN keeps its own.
  const source =
    elements instanceof Float32Array
      ? new Int32Array(elements.buffer, elements.byteOffset, elements.length)
      : elements;
  const size = ELEMENT_BYTES[kind];
  builder.startVector(size, source.length, size);
  for (let i = source.length - 1; i >= 0; i--) addElement(builder, source[i], kind, location);
  return builder.endVector();
}

function addElement(
  builder: Builder,
  value: number | boolean | undefined,
  kind: VectorKind,
  location: Location,
): void {
  if (kind === "bool[]?") builder.addInt8(value === true ? 1 : 0);
  else if (kind === "uint16[]") builder.addInt16(value as number);
  else if (kind === "long[]?") {
    if (!Number.isSafeInteger(value))
      throw location.error("MALFORMED", "A number does not fit", "between ±(2^53 - 1)", String(value));
    builder.addInt64(BigInt(value as number));
  } else builder.addInt32(requireInt32(value, location));
}

/** @throws EspalierError `MALFORMED` for half a surrogate pair, which UTF-8 cannot say */
export function writeText(builder: Builder, text: string, location: Location): number {
  if (/\p{Surrogate}/u.test(text))
    throw location.error("MALFORMED", "A text is not Unicode", "whole characters", JSON.stringify(text));
  return builder.createString(text);
}
