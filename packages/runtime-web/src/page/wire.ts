// Messages as bytes, for a worker that is driven over a wire: the length of the header (u32, little-endian), the
// header as JSON with the types and sizes of the arrays, then the arrays.

import type { Message, MessageArray } from "../worker/messages.js";

const PRELUDE_BYTES = 4;

const ARRAYS = {
  Float32Array,
  Float64Array,
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
} as const;

type ArrayName = keyof typeof ARRAYS;

export function encodeMessage({ header, arrays }: Message<unknown>): Uint8Array<ArrayBuffer> {
  const list = arrays.map((array) => [arrayName(array), array.byteLength]);
  const text = new TextEncoder().encode(JSON.stringify({ header, arrays: list }));
  const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, PRELUDE_BYTES + text.byteLength);
  const message = new Uint8Array(bytes);
  new DataView(message.buffer).setUint32(0, text.byteLength, true);
  message.set(text, PRELUDE_BYTES);
  let offset = PRELUDE_BYTES + text.byteLength;
  for (const array of arrays) {
    message.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += array.byteLength;
  }
  return message;
}

/** @throws Error when the bytes are no message */
export function decodeMessage<Header>(message: Uint8Array): Message<Header> {
  const headerBytes = new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  let offset = PRELUDE_BYTES + headerBytes;
  const text = new TextDecoder().decode(message.subarray(PRELUDE_BYTES, offset));
  const { header, arrays } = JSON.parse(text) as { header: Header; arrays: [ArrayName, number][] };
  return {
    header,
    arrays: arrays.map(([name, bytes]) => {
      if (!Object.hasOwn(ARRAYS, name)) throw new Error(`an array of unknown type in a message`);
      const copy = message.slice(offset, offset + bytes); // of its own, so aligned
      if (copy.byteLength !== bytes) throw new Error("a message ends too soon");
      offset += bytes;
      return new ARRAYS[name](copy.buffer);
    }),
  };
}

function arrayName(array: MessageArray): ArrayName {
  // By tag: a Buffer is a Uint8Array, and an array may come from another realm.
  return array[Symbol.toStringTag];
}
