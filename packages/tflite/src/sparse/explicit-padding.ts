// SAME of strided convolutions becomes a PAD in front of VALID where it pads both ends alike: XNNPACK only computes
// channels first what is padded by stated numbers.

import { type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, TfliteGraph } from "../graph/tflite-graph.js";
import { makeOptions } from "../make-options.js";
import type { WindowOptions } from "./border.js";

export function explicitPadding(graph: TfliteGraph): void {
  graph.operators = graph.operators.flatMap((operator) => {
    const { options } = operator;
    if (options?.type !== "Conv2DOptions" && options?.type !== "DepthwiseConv2DOptions") return [operator];
    if (options.padding !== "SAME" || (options.strideH === 1 && options.strideW === 1)) return [operator];
    const amounts = amountsOf(operator, options);
    if (amounts === null) return [operator];
    const [x] = operator.inputs as [GraphTensor];
    const [rows, columns] = amounts;
    const [n = 1, h = 1, w = 1, c = 1] = x.shape;
    const padded = graphTensor("FLOAT32", [n, h + 2 * rows, w + 2 * columns, c], null, `${x.name}_padded`);
    const pairs = Int32Array.of(0, 0, rows, rows, columns, columns, 0, 0);
    const inputs = [x, graphTensor("INT32", [4, 2], pairs)];
    operator.inputs[0] = padded;
    operator.options = { ...options, padding: "VALID" };
    return [
      { builtin: "PAD" as const, inputs, outputs: [padded], options: makeOptions("PadOptions") },
      operator,
    ];
  });
}

/** Zeros at each end of height and width; null where the two ends get different numbers. */
function amountsOf(
  { inputs: [x, weight], outputs: [y] }: GraphOperator,
  { strideH, strideW, dilationHFactor, dilationWFactor }: WindowOptions,
): readonly [number, number] | null {
  const total = (axis: 1 | 2, stride: number, dilation: number): number => {
    const [from, to, kernel] = [x, y, weight].map((tensor) => tensor?.shape[axis] ?? 1) as [
      number,
      number,
      number,
    ];
    return Math.max(0, (to - 1) * stride + dilation * (kernel - 1) + 1 - from);
  };
  const rows = total(1, strideH, dilationHFactor);
  const columns = total(2, strideW, dilationWFactor);
  return rows % 2 === 0 && columns % 2 === 0 ? [rows / 2, columns / 2] : null;
}
