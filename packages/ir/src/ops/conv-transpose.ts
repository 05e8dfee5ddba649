// ConvTranspose: the gradient of a convolution, used to enlarge.

import { addDims, type Dim, isStatic, multiplyDims } from "../dim.js";
import type { Value } from "../graph/value.js";
import { subtractDims } from "../shape/dim-arithmetic.js";
import { intOf, intsOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { type Window, windowOf } from "./window.js";

/** x [N, C, ...], w [C, M/group, ...kernel], b [M] → y [N, M, ...]. */
export interface ConvTransposeView {
  readonly x: Value;
  readonly w: Value;
  readonly b: Value | null;
  readonly y: Value;
  readonly group: number;
  readonly window: Window;
  /** One entry per spatial axis. */
  readonly outputPadding: readonly number[];
  /** Spatial sizes asked for, from which padding follows; null when padding is given. */
  readonly outputShape: readonly number[] | null;
}

export const convTranspose: OpDefinition<ConvTransposeView> = defineOp({
  domain: "",
  opType: "ConvTranspose",
  view: (node, facts) => {
    const w = requireInput(node, 1);
    const window = windowOf(node, facts.shape(w)?.slice(2) ?? null);
    const rank = window.kernel.length;
    return {
      x: requireInput(node, 0),
      w,
      b: node.input(2),
      y: requireOutput(node, 0),
      group: intOf(node, "group") ?? 1,
      window,
      outputPadding: intsOf(node, "output_padding") ?? new Array<number>(rank).fill(0),
      // Some exporters write batch and channels too.
      outputShape: intsOf(node, "output_shape")?.slice(-rank) ?? null,
    };
  },
  infer: (view, facts) => {
    const x = facts.shape(view.x);
    const w = facts.shape(view.w);
    const dataType = facts.dataType(view.x);
    if (x === null || w === null) return [{ dataType, shape: null }];
    const spatial = x.slice(2).map((size, i) => view.outputShape?.[i] ?? enlargedSize(size, view, i));
    return [{ dataType, shape: [x[0] ?? 1, multiplyDims(w[1] ?? 1, view.group), ...spatial] }];
  },
});

function enlargedSize(size: Dim, { window, outputPadding }: ConvTransposeView, i: number): Dim {
  const stride = window.strides[i] ?? 1;
  if (window.autoPad.startsWith("SAME")) return multiplyDims(size, stride);
  const kernel = window.kernel[i] ?? 1;
  const dilation = window.dilations[i] ?? 1;
  const reach = isStatic(kernel)
    ? dilation * (kernel - 1) + 1
    : addDims(multiplyDims(subtractDims(kernel, 1), dilation), 1);
  // stride·(size − 1) + reach + outputPadding − pads, the constant parts first so that N·stride stays itself
  const rest = (outputPadding[i] ?? 0) - (window.padBegin[i] ?? 0) - (window.padEnd[i] ?? 0) - stride;
  return addDims(multiplyDims(size, stride), addDims(reach, rest));
}
