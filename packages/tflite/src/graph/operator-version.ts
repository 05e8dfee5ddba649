// The lowest version of an operator that says what it needs: runtimes refuse those they do not know. The rules are those
// of TensorFlow's converter (tensorflow/lite/tools/versioning/op_version.cc), for what is written here.

import { int8Rule } from "../precision/int8-rules.js";
import type { BuiltinOptions } from "../schema/builtin-options.js";
import type { GraphTensor } from "./graph-tensor.js";
import type { GraphOperator } from "./tflite-graph.js";

type Rule = (operator: GraphOperator) => number;

export function operatorVersion(operator: GraphOperator): number {
  const version = RULES[operator.builtin]?.(operator) ?? 1;
  return isInt8(operator) ? Math.max(version, int8Rule(operator)?.version ?? 1) : version;
}

/** Computes in int8: what it writes is. */
function isInt8({ outputs }: GraphOperator): boolean {
  return outputs[0]?.type === "INT8";
}

const RULES: Partial<Record<GraphOperator["builtin"], Rule>> = {
  CONV_2D: (operator) => {
    const [x, w] = operator.inputs;
    if (isHybrid(operator)) return isPerChannel(w) ? 5 : 2;
    return x?.shape[3] === w?.shape[3] ? 1 : 6;
  },
  DEPTHWISE_CONV_2D: (operator) => {
    if (isHybrid(operator)) return isPerChannel(operator.inputs[1]) ? 6 : 4;
    const options = optionsOf(operator, "DepthwiseConv2DOptions");
    return options?.dilationWFactor === 1 && options.dilationHFactor === 1 ? 1 : 2;
  },
  FULLY_CONNECTED: (operator) => {
    const [, w, b] = operator.inputs;
    const keeps = optionsOf(operator, "FullyConnectedOptions")?.keepNumDims === true;
    if (isHybrid(operator) && isPerChannel(w)) return 12;
    if (b === undefined) return 6;
    if (keeps) return 5;
    return isHybrid(operator) ? 3 : 1;
  },
  TRANSPOSE_CONV: (operator) => {
    if ((optionsOf(operator, "TransposeConvOptions")?.fusedActivation ?? "NONE") !== "NONE") return 4;
    return operator.inputs.length === 4 ? 3 : 1;
  },
  TRANSPOSE: ({ inputs: [x] }) => {
    const rank = x?.shape.length ?? 0;
    if (rank > 5) return 6;
    return rank > 4 ? 4 : x?.type === "BOOL" ? 3 : 1;
  },
  RESIZE_BILINEAR: (operator) => (optionsOf(operator, "ResizeBilinearOptions")?.halfPixelCenters ? 3 : 1),
  RESIZE_NEAREST_NEIGHBOR: (operator) => {
    const options = optionsOf(operator, "ResizeNearestNeighborOptions");
    return options?.halfPixelCenters || options?.alignCorners ? 3 : 1;
  },
  MAXIMUM: broadcastAbove4(3),
  MINIMUM: broadcastAbove4(3),
  SUB: broadcastAbove4(3),
  DIV: broadcastAbove4(2),
  PAD: above4(4),
  PADV2: above4(4),
  SLICE: above4(5),
  STRIDED_SLICE: ({ inputs: [x] }) => ((x?.shape.length ?? 0) > 4 ? 4 : x?.type === "BOOL" ? 3 : 1),
  BROADCAST_TO: () => 2,
  GATHER: ({ inputs: [x] }) => (x?.type === "BOOL" ? 3 : x?.type === "INT8" ? 2 : 1),
  DEQUANTIZE: ({ inputs: [x] }) => (x?.type === "FLOAT16" ? 3 : isPerChannel(x) ? 5 : 2),
  SPLIT: ({ inputs: [, x] }) => (x?.type === "INT32" ? 3 : 1),
  ABS: ({ inputs: [x] }) => (x?.type === "INT32" ? 5 : 1),
  SIGN: ({ inputs: [x] }) => (x?.type === "INT32" ? 2 : 1),
  /** From int8 to int8: another scale. */
  QUANTIZE: ({ inputs: [x] }) => (x?.type === "INT8" ? 2 : 1),
  FLOOR_DIV: ({ inputs: [x] }) => (x?.type === "FLOAT32" ? 2 : 1),
};

/** Float activations, weights of int8. */
function isHybrid({ inputs, outputs }: GraphOperator): boolean {
  return inputs[1]?.type === "INT8" && inputs[0]?.type === "FLOAT32" && outputs[0]?.type === "FLOAT32";
}

function isPerChannel(tensor: GraphTensor | null | undefined): boolean {
  return (tensor?.quantization?.scale.length ?? 0) > 1;
}

function broadcastAbove4(version: number): Rule {
  return ({ inputs: [a, b] }) => {
    const rank = Math.max(a?.shape.length ?? 0, b?.shape.length ?? 0);
    return rank > 4 && a?.shape.join() !== b?.shape.join() ? version : 1;
  };
}

function above4(version: number): Rule {
  return ({ inputs: [x] }) => ((x?.shape.length ?? 0) > 4 ? version : 1);
}

/** Options of a type; null where the operator has others. */
export function optionsOf<T extends BuiltinOptions["type"]>(
  { options }: GraphOperator,
  type: T,
): Extract<BuiltinOptions, { type: T }> | null {
  return options?.type === type ? (options as Extract<BuiltinOptions, { type: T }>) : null;
}
