// Tensors in frames: type, dimensions and name in the header, elements in a buffer. Strings are packed as
// lengths (u32, little-endian) followed by UTF-8. What comes back from a child is checked: it ran a model
// of unknown origin in native code.

import type { RuntimeTensor } from "@espalier/core";
import { elementCount, elementTypeOfCode } from "@espalier/core/engine";
import { FrameError } from "./frames.js";

export interface PackedTensors {
  readonly tensors: readonly {
    readonly name: string;
    readonly dataType: number;
    readonly dims: readonly number[];
  }[];
  readonly buffers: readonly Uint8Array[];
}

export function packTensors(tensors: Readonly<Record<string, RuntimeTensor>>): PackedTensors {
  const entries = Object.entries(tensors);
  return {
    tensors: entries.map(([name, { dataType, dims }]) => ({ name, dataType, dims })),
    buffers: entries.map(([, { data }]) =>
      isStrings(data) ? packStrings(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    ),
  };
}

/** @throws FrameError when the header and its buffers do not describe tensors */
export function unpackTensors(
  tensors: unknown,
  buffers: readonly Uint8Array[],
): Record<string, RuntimeTensor> {
  if (!Array.isArray(tensors) || tensors.length !== buffers.length) {
    throw new FrameError("a list of tensors does not fit its buffers");
  }
  // Null-prototype while filling: names come from the model, "__proto__" may be one.
  const unpacked = new Map<string, RuntimeTensor>();
  tensors.forEach((tensor, i) => {
    const { name, dataType, dims } = tensor as Partial<PackedTensors["tensors"][number]>;
    if (typeof name !== "string" || typeof dataType !== "number" || !Array.isArray(dims)) {
      throw new FrameError("an entry of a list of tensors is none");
    }
    unpacked.set(name, unpackTensor(dataType, dims, buffers[i] as Uint8Array));
  });
  return Object.fromEntries(unpacked);
}

function unpackTensor(dataType: number, dims: readonly number[], bytes: Uint8Array): RuntimeTensor {
  const type = elementTypeOfCode(dataType);
  const count = elementCount(dims);
  if (type === undefined || count === null) throw new FrameError("a tensor of no known type or size");
  if (type.array === null) {
    const data = unpackStrings(bytes);
    if (data.length !== count) throw new FrameError("a string tensor does not fit its dimensions");
    return { dataType, dims, data };
  }
  if (count * type.bytes !== bytes.byteLength) throw new FrameError("a tensor does not fit its dimensions");
  // Frames give every buffer its own memory, so it is aligned.
  return { dataType, dims, data: new type.array(bytes.buffer) };
}

function isStrings(data: RuntimeTensor["data"]): data is readonly string[] {
  return Array.isArray(data);
}

function packStrings(strings: readonly string[]): Uint8Array {
  const encoded = strings.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(encoded.reduce((sum, text) => sum + 4 + text.byteLength, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const text of encoded) {
    view.setUint32(offset, text.byteLength, true);
    bytes.set(text, offset + 4);
    offset += 4 + text.byteLength;
  }
  return bytes;
}

function unpackStrings(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const strings: string[] = [];
  for (let offset = 0; offset < bytes.byteLength; ) {
    if (offset + 4 > bytes.byteLength) throw new FrameError("a string tensor ends inside a length");
    const end = offset + 4 + view.getUint32(offset, true);
    if (end > bytes.byteLength) throw new FrameError("a string tensor ends inside a string");
    strings.push(decoder.decode(bytes.subarray(offset + 4, end)));
    offset = end;
  }
  return strings;
}
