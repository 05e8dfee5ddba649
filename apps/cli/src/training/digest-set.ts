// The digest by which plans and records name a data set: of its samples as the network is fed them, and of their labels.

import type { Host } from "@espalier/core";
import { type LabelledSet, sampleSize } from "@espalier/data";

/** Samples hashed together. */
const BLOCK = 512;

/** SHA-256 over shape and type, the digests of all blocks of samples in their order, and the labels. */
export async function digestSet(set: LabelledSet, host: Pick<Host, "sha256">): Promise<string> {
  const size = sampleSize(set);
  const { type, shape } = set.input;
  const lines = [JSON.stringify({ type, shape, count: set.count, labels: set.labelShape })];
  const numbers = type === "float32" ? new Float32Array(BLOCK * size) : new BigInt64Array(BLOCK * size);
  for (let from = 0; from < set.count; from += BLOCK) {
    const length = Math.min(BLOCK, set.count - from);
    for (let i = 0; i < length; i++) set.read(from + i, numbers, i * size);
    lines.push(await host.sha256(bytesOf(numbers.subarray(0, length * size))));
  }
  return host.sha256([new TextEncoder().encode(lines.join("\n")), bytesOf(set.labels)]);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
