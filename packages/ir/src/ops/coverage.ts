// Which operators are described here: one column of the support table.

import { OP_DEFINITIONS } from "./all.js";
import type { OpDefinition } from "./definition.js";

export interface OperatorName {
  /** "" is ai.onnx. */
  readonly domain: string;
  readonly opType: string;
}

/** The operators of `definitions` by name, ai.onnx first. */
export function listOperators(definitions: readonly OpDefinition[] = OP_DEFINITIONS): OperatorName[] {
  const names = definitions.map(({ domain, opType }) => ({ domain, opType }));
  return names.sort((a, b) => compareText(a.domain, b.domain) || compareText(a.opType, b.opType));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
