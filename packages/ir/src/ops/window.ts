// The sliding window that convolutions and pools share: kernel, strides, dilations, padding.

import { type Dim, isStatic, opaqueDim, symbol } from "../dim.js";
import type { Node } from "../graph/node.js";
import { choiceOf, flagOf, intsOf, invalidNode } from "./attributes.js";

export interface Window {
  /** One entry per spatial axis. */
  readonly kernel: readonly Dim[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Explicit padding; zeros under `autoPad` other than "NOTSET". */
  readonly padBegin: readonly number[];
  readonly padEnd: readonly number[];
  readonly autoPad: "NOTSET" | "SAME_UPPER" | "SAME_LOWER" | "VALID";
  readonly ceilMode: boolean;
}

/** Reads the window attributes; `weightKernel` stands in where `kernel_shape` is left out. */
export function windowOf(node: Node, weightKernel: readonly Dim[] | null): Window {
  const kernel: readonly Dim[] = intsOf(node, "kernel_shape") ?? weightKernel ?? unknownKernel(node);
  const rank = kernel.length;
  const perAxis = (name: string, fallback: number, length: number): number[] => {
    const values = intsOf(node, name) ?? new Array<number>(length).fill(fallback);
    if (values.length !== length)
      throw invalidNode(node, `${length} entries in "${name}"`, `${values.length}`);
    return values;
  };
  const autoPad = choiceOf(node, "auto_pad", ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]);
  const pads = autoPad === "NOTSET" ? perAxis("pads", 0, 2 * rank) : new Array<number>(2 * rank).fill(0);
  return {
    kernel,
    strides: perAxis("strides", 1, rank),
    dilations: perAxis("dilations", 1, rank),
    padBegin: pads.slice(0, rank),
    padEnd: pads.slice(rank),
    autoPad,
    ceilMode: flagOf(node, "ceil_mode"),
  };
}

/** Where the weight's shape is not known: as many axes as the other attributes speak of. */
function unknownKernel(node: Node): Dim[] {
  const rank =
    intsOf(node, "strides")?.length ??
    intsOf(node, "dilations")?.length ??
    (intsOf(node, "pads")?.length ?? 0) / 2;
  return Array.from({ length: Math.floor(rank) }, (_, i) =>
    symbol(`?kernel of ${node.output(0)?.name}.${i}`),
  );
}

/** Output size of spatial axis `i`: ⌊(size + pads − dilation·(kernel − 1) − 1) / stride⌋ + 1. */
export function convolvedSize(size: Dim, window: Window, i: number): Dim {
  const kernel = window.kernel[i] ?? 1;
  const stride = window.strides[i] ?? 1;
  const pads = (window.padBegin[i] ?? 0) + (window.padEnd[i] ?? 0);
  const dilation = window.dilations[i] ?? 1;
  const same = window.autoPad === "SAME_UPPER" || window.autoPad === "SAME_LOWER";
  if (!isStatic(size) || !isStatic(kernel)) {
    if (same && stride === 1) return size;
    if (isStatic(kernel) && stride === 1 && pads === dilation * (kernel - 1)) return size;
    return opaqueDim("window", size, kernel, stride, pads, dilation, same ? 1 : 0, window.ceilMode ? 1 : 0);
  }
  if (same) return Math.ceil(size / stride);
  const room = size + pads - dilation * (kernel - 1) - 1;
  const steps = window.ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride);
  // A last window under ceil_mode must start inside the input or its leading padding.
  const overhang = window.ceilMode && steps * stride >= size + (window.padBegin[i] ?? 0);
  return Math.max(0, (overhang ? steps - 1 : steps) + 1);
}
