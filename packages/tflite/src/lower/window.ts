// Sliding windows. ONNX pads as its attributes say; TFLite knows VALID (none) and SAME, which puts the odd one at the end
// and depends on the size of the image: an even image under stride 2 is padded at the end alone. What is neither becomes
// an explicit PAD in front of VALID.

import { convolvedSize, type Window } from "@espalier/ir";
import type { LowerContext } from "./lower-context.js";

/** A window over a height and a width. */
export interface Window2D {
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly begin: readonly [number, number];
  readonly end: readonly [number, number];
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
}

/**
 * With amounts for `auto_pad` resolved. One spatial axis becomes a width under height 1.
 * @param size  spatial sizes of x
 */
export function window2D(window: Window, size: readonly number[], ctx: LowerContext): Window2D {
  if (size.length > 2 || size.length === 0)
    return ctx.refuse(
      "RANK_TOO_HIGH",
      `it slides over ${size.length} axes`,
      "TFLite's windows are flat: use two.",
    );
  const lead = 2 - size.length;
  const axis = <T>(of: (i: number) => T, none: T): [T, T] =>
    [0, 1].map((i) => (i < lead ? none : of(i - lead))) as [T, T];
  const kernel = axis((i) => numeric(window.kernel[i], ctx), 1);
  const output = axis((i) => numeric(convolvedSize(size[i] as number, window, i), ctx), 1);
  const strides = axis((i) => window.strides[i] as number, 1);
  const dilations = axis((i) => window.dilations[i] as number, 1);
  const input = axis((i) => size[i] as number, 1);
  const same = window.autoPad === "SAME_UPPER" || window.autoPad === "SAME_LOWER";
  const begin = axis((i) => window.padBegin[i] as number, 0);
  const end = axis((i) => window.padEnd[i] as number, 0);
  if (same)
    for (const i of [0, 1] as const) {
      const total = Math.max(0, (output[i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - input[i]);
      const less = Math.floor(total / 2);
      begin[i] = window.autoPad === "SAME_UPPER" ? less : total - less;
      end[i] = total - begin[i];
    }
  return { kernel, strides, dilations, begin, end, input, output };
}

/** How TFLite is told of the padding: by a name, or by PAD in front of VALID. */
export function paddingOf({
  kernel,
  strides,
  dilations,
  begin,
  end,
  input,
  output,
}: Window2D): "SAME" | "VALID" | "PAD" {
  const axes = [0, 1] as const;
  const reach = (i: 0 | 1): number => dilations[i] * (kernel[i] - 1) + 1;
  if (axes.every((i) => begin[i] === 0 && end[i] === 0)) return "VALID";
  const same = axes.every((i) => {
    const total = Math.max(0, (output[i] - 1) * strides[i] + reach(i) - input[i]);
    return (
      output[i] === Math.ceil(input[i] / strides[i]) &&
      begin[i] === Math.floor(total / 2) &&
      // More at the end than the last window reaches changes nothing.
      end[i] >= total - begin[i]
    );
  });
  return same ? "SAME" : "PAD";
}

function numeric(size: unknown, ctx: LowerContext): number {
  return typeof size === "number"
    ? size
    : ctx.refuse(
        "DATA_DEPENDENT_SHAPE",
        "the size of the window is not known",
        "Export the network with fixed sizes.",
      );
}
