// What TensorFlow's reference kernels make of the int8 operators of real networks, and how near the interpreters come
// (compare-network-operators.ts).

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface NetworkInt8 {
  /** Of the file with all operators apart. */
  readonly sha256: string;
  /** What it was quantised by, as exportInt8 takes it: [min, max]. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly operators: readonly OperatorRow[];
}

export interface OperatorRow {
  /** "12 CONV_2D": its place in the network and its type. */
  readonly name: string;
  readonly elements: number;
  /** Share of what the reference gives that lies at an end of int8, where little can differ. */
  readonly clipped: number;
  readonly litert: Agreement;
  readonly tfjs: Agreement;
  /** What the reference gives at `samplePlaces`, base64 of int8. */
  readonly sample: string;
}

interface Agreement {
  /** Shares of elements that are the same, and that are at most one step away. */
  readonly equal: number;
  readonly within: number;
  readonly largest: number;
}

/** By name of the network. */
export function networksInt8(): Readonly<Record<string, NetworkInt8>> {
  const path = fileURLToPath(new URL("./network-int8.json", import.meta.url));
  return (JSON.parse(readFileSync(path, "utf8")) as { networks: Record<string, NetworkInt8> }).networks;
}
