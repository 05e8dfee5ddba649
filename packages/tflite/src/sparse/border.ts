// How many rows and columns of zeros a convolution sees around its image. XNNPACK takes a PAD in front into the
// convolution, and turns SAME into numbers where the stride is 1 (src/subgraph/convolution-2d.c); under other strides SAME
// stays a word, and whoever asks for a padding of 1 finds none.

import type { GraphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, GraphUses } from "../graph/tflite-graph.js";

export interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface WindowOptions {
  readonly padding: "SAME" | "VALID";
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationHFactor: number;
  readonly dilationWFactor: number;
}

/**
 * @param kernel  height and width
 * @returns "same" where the padding is left to the size of the image
 */
export function borderOf(
  operator: GraphOperator,
  { padding, strideH, strideW, dilationHFactor, dilationWFactor }: WindowOptions,
  [height, width]: readonly [number, number],
  uses: GraphUses,
): Border | "same" {
  const before = paddedBy(padInFront(operator, uses));
  if (padding === "VALID") return before;
  if (strideH !== 1 || strideW !== 1) return "same";
  const rows = (height - 1) * dilationHFactor;
  const columns = (width - 1) * dilationWFactor;
  const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  return {
    top: before.top + top,
    bottom: before.bottom + rows - top,
    left: before.left + left,
    right: before.right + columns - left,
  };
}

/**
 * The PAD by zeros along height and width that only this convolution reads, so that it becomes a part of it; null where
 * there is none.
 */
export function padInFront({ builtin, inputs: [x] }: GraphOperator, uses: GraphUses): GraphOperator | null {
  if (builtin !== "CONV_2D" && builtin !== "DEPTHWISE_CONV_2D") return null;
  const pad = x ? uses.producer(x) : null;
  if (pad?.builtin !== "PAD" || uses.onlyConsumer(x as GraphTensor) === null) return null;
  const amounts = [...(pad.inputs[1]?.constant ?? [])] as readonly number[];
  const others = [0, 1, 6, 7].map((i) => amounts[i]);
  return amounts.length === 8 && others.every((amount) => amount === 0) ? pad : null;
}

export function isEven({ top, bottom, left, right }: Border, size: number): boolean {
  return [top, bottom, left, right].every((amount) => amount === size);
}

export function borderText(border: Border | "same"): string {
  if (border === "same") return "SAME";
  const { top, left, bottom, right } = border;
  return `pads [${top}, ${left}, ${bottom}, ${right}]`;
}

function paddedBy(pad: GraphOperator | null): Border {
  const [top = 0, bottom = 0, left = 0, right = 0] = [...(pad?.inputs[1]?.constant ?? [])].slice(
    2,
    6,
  ) as number[];
  return { top, bottom, left, right };
}
