// Tensors → the body of a reply: JSON, or the bytes of the one output.

import type { RuntimeTensor } from "@espalier/core";
import { elementTypeOfCode } from "@espalier/core/engine";
import { float16ToNumber } from "@espalier/ir";

export type Outputs = Readonly<Record<string, RuntimeTensor>>;

/**
 * `{"outputs":{"name":{"type","dims","data"}}}`. What JSON has no number for is a string: "NaN", "Infinity",
 * "-Infinity", and the digits of integers beyond 2^53 - 1.
 */
export function encodeJson(outputs: Outputs): Uint8Array {
  const plain = Object.entries(outputs).map(([name, { dataType, dims, data }]) => {
    const type = elementTypeOfCode(dataType)?.name ?? "";
    return [name, { type, dims, data: plainElements(type, data) }] as const;
  });
  // A name such as __proto__ stays an entry like any other.
  return new TextEncoder().encode(`${JSON.stringify({ outputs: Object.fromEntries(plain) })}\n`);
}

/** The elements, little-endian; null when there is more than one output, or it holds strings. */
export function encodeBinary(
  outputs: Outputs,
): { readonly type: string; readonly dims: readonly number[]; readonly bytes: Uint8Array } | null {
  const [output, another] = Object.values(outputs);
  if (output === undefined || another !== undefined || !ArrayBuffer.isView(output.data)) return null;
  const { data, dims, dataType } = output;
  return {
    type: elementTypeOfCode(dataType)?.name ?? "",
    dims,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

export function countElements(outputs: Outputs): number {
  return Object.values(outputs).reduce((sum, { data }) => sum + data.length, 0);
}

function plainElements(type: string, data: RuntimeTensor["data"]): unknown[] {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Array.from(data, (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)));
  if (type === "bool") return Array.from(data as Uint8Array, (value) => value !== 0);
  if (type === "float16")
    return Array.from(data as Uint16Array, (bits) => plainNumber(float16ToNumber(bits)));
  if (data instanceof Float32Array || data instanceof Float64Array) return Array.from(data, plainNumber);
  return Array.from(data as Iterable<number | string>);
}

function plainNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
