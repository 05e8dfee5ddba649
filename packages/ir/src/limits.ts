// The bounds within which any file, of any content, is read. One object, all of it overridable.
// Reasons for the numbers: docs/reliability.md.

import { EspalierError } from "./errors.js";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** Upper bounds on what a model file may ask for. Counts and bytes; no field is optional. */
export interface Limits {
  /** Bytes of the one protobuf message. Hard stop 2 GiB - 1. */
  readonly fileBytes: number;
  /** Bytes of external data, all tensors together. */
  readonly externalBytes: number;
  /** Nesting of protobuf messages. */
  readonly messageDepth: number;
  /** Nesting of subgraphs (If in If ...). ONNX Runtime loads 31. */
  readonly subgraphDepth: number;
  /** Nodes of all graphs, functions counted as often as they are called. */
  readonly nodes: number;
  /**
   * Messages, texts and numbers, counted before any of them is decoded by what they take in memory: 1 for each
   * 128 bytes, so about 8 for a node with its output. 8 million are 1 GiB.
   */
  readonly messages: number;
  readonly functions: number;
  readonly functionCallDepth: number;
  readonly initializers: number;
  readonly attributesPerNode: number;
  readonly inputsPerNode: number;
  /** Bytes of one name. */
  readonly nameBytes: number;
  /** Bytes of all text in the file (names, documentation, metadata). */
  readonly textBytes: number;
  readonly rank: number;
  /** Bytes of one tensor held in memory. */
  readonly tensorBytes: number;
  /** Elements that shape inference may compute for one value, and in all for one model. */
  readonly constantElements: number;
}

export const NODE_LIMITS: Limits = {
  fileBytes: 2 * GIB - 1,
  externalBytes: 16 * GIB,
  messageDepth: 100,
  subgraphDepth: 31,
  nodes: 250_000,
  messages: 8_000_000,
  functions: 10_000,
  functionCallDepth: 100,
  initializers: 500_000,
  attributesPerNode: 1024,
  inputsPerNode: 65_536,
  nameBytes: 4096,
  textBytes: 64 * MIB,
  rank: 64,
  tensorBytes: 4 * GIB - 1,
  constantElements: 1_000_000,
};

/** Tighter bounds for a browser tab, which has no address-space limit of its own. */
export const BROWSER_LIMITS: Limits = {
  ...NODE_LIMITS,
  fileBytes: 512 * MIB,
  externalBytes: GIB,
  nodes: 50_000,
  messages: 1_000_000,
  initializers: 50_000,
  attributesPerNode: 128,
  inputsPerNode: 8192,
  nameBytes: 1024,
  textBytes: 16 * MIB,
  tensorBytes: GIB,
  constantElements: 250_000,
};

/** Fills the gaps of a partial `limits` option; refuses values that are not positive integers. */
export function resolveLimits(partial: Partial<Limits> = {}, base: Limits = NODE_LIMITS): Limits {
  for (const [name, value] of Object.entries(partial)) {
    if (!(name in base) || !Number.isSafeInteger(value) || (value as number) <= 0) {
      throw new EspalierError("INVALID_OPTION", "A limit is not usable", {
        where: `limits.${name}`,
        expected: `one of ${Object.keys(base).join(", ")} with a positive whole number`,
        found: String(value),
      });
    }
  }
  return { ...base, ...partial };
}

/** Throws `LIMIT_EXCEEDED` naming the limit, its value and the value met. */
export function enforceLimit(limits: Limits, limit: keyof Limits, met: number, where: string): void {
  if (met > limits[limit]) {
    throw new EspalierError("LIMIT_EXCEEDED", `The file exceeds the limit "${limit}"`, {
      limit,
      where,
      expected: `at most ${limits[limit]}`,
      found: String(met),
      unblock: `If you trust the file, raise limits.${limit}.`,
    });
  }
}
