// What TFLite's kernels demand of an operator whose activations are int8, one entry for each that may be. Operators that
// are not listed stay float.
//
// Source: the TFLite 8-bit quantization specification (ai.google.dev/edge/litert/models/quantization_spec); versions as
// in tensorflow/lite/tools/versioning/op_version.cc.

import type { AffineParameters } from "@espalier/core";
import type { GraphOperator } from "../graph/tflite-graph.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";

export interface Int8Rule {
  /**
   * How scales belong together. `free`: each tensor has its own. `same`: activations in and out have one, since the kernel
   * only moves or compares integers. An output with fixed parameters is what the function's values are known to be.
   */
  readonly scales: "free" | "same" | AffineParameters;
  /** Lowest version of the operator that takes int8. */
  readonly version: number;
  /** Operands whose constants are cut to what the others take, such as a padding of −∞. */
  readonly cutConstants?: boolean;
}

const free = (version: number): Int8Rule => ({ scales: "free", version });
const same = (version: number, cutConstants = false): Int8Rule => ({ scales: "same", version, cutConstants });
const fixed = (scale: number, zeroPoint: number, version: number): Int8Rule => ({
  scales: { scale, zeroPoint },
  version,
});

const RULES: Partial<Record<BuiltinOperator, Int8Rule>> = {
  CONV_2D: free(3),
  DEPTHWISE_CONV_2D: free(3),
  FULLY_CONNECTED: free(4),
  ADD: free(2),
  SUB: free(2),
  MUL: free(2),
  MEAN: free(2),
  RELU: free(2),
  RELU6: free(2),
  LEAKY_RELU: free(2),
  HARD_SWISH: free(1),
  AVERAGE_POOL_2D: same(2),
  MAX_POOL_2D: same(2),
  CONCATENATION: same(2),
  RESHAPE: same(1),
  SQUEEZE: same(1),
  TRANSPOSE: same(2),
  PAD: same(2),
  PADV2: same(2, true),
  SLICE: same(2),
  STRIDED_SLICE: same(2),
  SPLIT: same(2),
  GATHER: same(2),
  RESIZE_BILINEAR: same(2),
  RESIZE_NEAREST_NEIGHBOR: same(2),
  MAXIMUM: same(2, true),
  MINIMUM: same(2, true),
  SOFTMAX: fixed(1 / 256, -128, 2),
  LOGISTIC: fixed(1 / 256, -128, 2),
  TANH: fixed(1 / 128, 0, 2),
};

/** null for operators that stay float. */
export function int8Rule({ builtin }: Pick<GraphOperator, "builtin">): Int8Rule | null {
  return RULES[builtin] ?? null;
}
