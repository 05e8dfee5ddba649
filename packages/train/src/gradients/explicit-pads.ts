// The padding of a window in numbers, whatever `auto_pad` says.

import { isStatic, type Window } from "@espalier/ir";

export interface ExplicitWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

/**
 * @param sizes of the spatial axes before the window slides
 * @param results their sizes after
 */
export function explicitWindow(
  window: Window,
  sizes: readonly number[],
  results: readonly number[],
): ExplicitWindow {
  const { strides, dilations, autoPad, padBegin, padEnd } = window;
  const kernel = window.kernel.map((size) => (isStatic(size) ? size : Number.NaN));
  if (autoPad !== "SAME_UPPER" && autoPad !== "SAME_LOWER")
    return { kernel, strides, dilations, begin: padBegin, end: padEnd };
  const total = sizes.map((size, i) => {
    const reach = ((kernel[i] as number) - 1) * (dilations[i] as number) + 1;
    return Math.max(0, ((results[i] as number) - 1) * (strides[i] as number) + reach - size);
  });
  return { kernel, strides, dilations, ...halves(total, autoPad) };
}

/** What lies at both ends of each axis; an odd one at the end under SAME_UPPER, else at the beginning. */
export function halves(
  total: readonly number[],
  autoPad: Window["autoPad"],
): Pick<ExplicitWindow, "begin" | "end"> {
  const less = total.map((amount) => Math.floor(amount / 2));
  const more = total.map((amount) => Math.ceil(amount / 2));
  return autoPad === "SAME_UPPER" ? { begin: less, end: more } : { begin: more, end: less };
}
