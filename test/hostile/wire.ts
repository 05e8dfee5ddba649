// The protobuf wire format by hand, so that ill-formed encodings can be written too: what a well-behaved encoder
// would never produce is what a hostile file is made of. Shares no code with the reader.

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const GROUP = 3;
export const GROUP_END = 4;
export const FIXED32 = 5;

/** A number in base 128; `padTo` bytes where that is more than needed (an overlong form). */
export function varint(value: number | bigint, padTo = 0): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn));
    rest >>= 7n;
  } while (rest > 0n);
  while (bytes.length < padTo) bytes.push(0);
  return Uint8Array.from(bytes, (byte, i) => (i < bytes.length - 1 ? byte | 0x80 : byte));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}

export function tag(field: number, wire: number, padTo = 0): Uint8Array {
  return varint(BigInt(field) * 8n + BigInt(wire), padTo);
}

export function int(field: number, value: number | bigint): Uint8Array {
  return concat(tag(field, VARINT), varint(value));
}

/** A length-delimited field: a message, bytes, or a packed run. */
export function len(field: number, ...content: readonly Uint8Array[]): Uint8Array {
  const payload = concat(...content);
  return concat(tag(field, LENGTH), varint(payload.byteLength), payload);
}

/** The same with a length that is not that of the content. */
export function claimedLen(
  field: number,
  length: number | bigint,
  ...content: readonly Uint8Array[]
): Uint8Array {
  return concat(tag(field, LENGTH), varint(length), ...content);
}

export function text(field: number, value: string): Uint8Array {
  return len(field, utf8(value));
}

export function utf8(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** `count` times the same bytes. */
export function repeat(part: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(part.byteLength * count);
  for (let i = 0; i < count; i++) out.set(part, i * part.byteLength);
  return out;
}
