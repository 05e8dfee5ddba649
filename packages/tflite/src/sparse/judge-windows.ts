// Convolutions in a sparse subgraph: 1x1 ones, depthwise ones, and the one that starts it.

import type { GraphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, GraphUses } from "../graph/tflite-graph.js";
import { borderOf, borderText, isEven, type WindowOptions } from "./border.js";
import type { Finding, Findings } from "./judge.js";

/** Weights [M, H, W, C]. */
export function judgeConvolution(operator: GraphOperator, uses: GraphUses): Findings {
  const { inputs, options } = operator;
  const [x, weight] = inputs as [GraphTensor, GraphTensor];
  const window = options as unknown as WindowOptions;
  const [, height = 1, width = 1, depth = 1] = weight.shape;
  const border = borderOf(operator, window, [height, width], uses);
  const channels = x.shape[3] as number;
  const common = [
    ...ofDilation(window),
    ...when(depth !== channels, "SPARSE_GROUPED", `it has ${channels / depth} groups of ${depth} channels`),
  ];
  const { strideH, strideW } = window;
  if (isPointwise(operator)) {
    // Where nothing is padded SAME is VALID, whatever the stride.
    const padded = border !== "same" && !isEven(border, 0);
    return {
      role: "inside",
      findings: [
        ...common,
        ...ofWeight(weight, uses),
        ...when(
          strideH !== 1 || strideW !== 1,
          "SPARSE_POINTWISE_STRIDE",
          `its strides are ${strideH}, ${strideW}`,
        ),
        ...when(padded, "SPARSE_POINTWISE_PADDING", borderText(border)),
      ],
    };
  }
  const isStart = height === 3 && width === 3 && strideH === 2 && strideW === 2;
  const text = `it is ${height}x${width} with strides ${strideH}, ${strideW}`;
  return {
    role: "start",
    findings: [
      ...common,
      ...when(!isStart, "SPARSE_START_WINDOW", text),
      ...when(depth !== 3, "SPARSE_START_CHANNELS", `it reads ${depth}`),
      ...when(border === "same" || !isEven(border, 1), "SPARSE_START_PADDING", borderText(border)),
    ],
  };
}

/** Weights [1, H, W, M]. */
export function judgeDepthwise(operator: GraphOperator, uses: GraphUses): Findings {
  const [x, weight] = operator.inputs as [GraphTensor, GraphTensor];
  const window = operator.options as unknown as WindowOptions;
  const [, height = 1, width = 1, filters = 1] = weight.shape;
  const { strideH, strideW } = window;
  const border = borderOf(operator, window, [height, width], uses);
  const fits = height === width && (height === 3 || height === 5) && strideH === strideW && strideH <= 2;
  const text = `it is ${height}x${width} with strides ${strideH}, ${strideW}`;
  const padded = border === "same" || !isEven(border, (height - 1) / 2);
  const channels = x.shape[3] as number;
  return {
    role: "inside",
    findings: [
      ...ofDilation(window),
      ...when(!fits, "SPARSE_DEPTHWISE_WINDOW", text),
      ...when(padded, "SPARSE_DEPTHWISE_PADDING", borderText(border)),
      ...when(filters !== channels, "SPARSE_DEPTHWISE_MULTIPLIER", `it gives ${filters} for ${channels}`),
    ],
  };
}

export function isPointwise({ builtin, inputs: [, weight] }: GraphOperator): boolean {
  return builtin === "CONV_2D" && weight?.shape[1] === 1 && weight.shape[2] === 1;
}

function ofDilation({ dilationHFactor, dilationWFactor }: WindowOptions): Finding[] {
  const dilated = dilationHFactor !== 1 || dilationWFactor !== 1;
  return when(dilated, "SPARSE_DILATED", `its dilations are ${dilationHFactor}, ${dilationWFactor}`);
}

function ofWeight(weight: GraphTensor, uses: GraphUses): Finding[] {
  const stored = storedForm(weight, uses);
  const name = JSON.stringify(weight.name);
  if (stored === null) return [["SPARSE_WEIGHT_COMPUTED", `${name} is computed`]];
  return when(stored.type !== "FLOAT32", "SPARSE_PRECISION", `${name} is stored as ${stored.type}`);
}

/** The constant that a weight is, or is widened from; null where it is computed. */
function storedForm(weight: GraphTensor, uses: GraphUses): GraphTensor | null {
  if (weight.constant !== null) return weight;
  const producer = uses.producer(weight);
  const narrow = producer?.builtin === "DEQUANTIZE" ? producer.inputs[0] : null;
  return narrow?.constant ? narrow : null;
}

function when(fails: boolean, code: Finding[0], found: string): Finding[] {
  return fails ? [[code, found]] : [];
}
