// Which operand of a builtin operator is its weight, and what quantising and folding need to know of it. One entry per
// operator; whoever quantises adds facts here.

import type { BuiltinOperator } from "../schema/builtin-operator.js";

export interface WeightFacts {
  readonly weight: number;
  readonly bias: number;
  /** Axis of the weight along which outputs are counted: scales are per slice of it. */
  readonly outputAxis: number;
  /** How int8 weights go with float activations in runtimes of version 2.12; null for not at all. */
  readonly hybrid: "per-channel" | "per-tensor" | null;
  /** Position of the operand that is not stored. */
  readonly input: number;
}

const WEIGHTED: Partial<Record<BuiltinOperator, WeightFacts>> = {
  CONV_2D: { input: 0, weight: 1, bias: 2, outputAxis: 0, hybrid: "per-channel" },
  DEPTHWISE_CONV_2D: { input: 0, weight: 1, bias: 2, outputAxis: 3, hybrid: "per-channel" },
  FULLY_CONNECTED: { input: 0, weight: 1, bias: 2, outputAxis: 0, hybrid: "per-tensor" },
  TRANSPOSE_CONV: { input: 2, weight: 1, bias: 3, outputAxis: 0, hybrid: null },
};

/** null for operators without weights. */
export function weightFacts(builtin: BuiltinOperator): WeightFacts | null {
  return WEIGHTED[builtin] ?? null;
}
