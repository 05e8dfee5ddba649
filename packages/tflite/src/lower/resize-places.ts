// Where in x a position of y comes from: as ONNX counts (its specification of Resize), and as TFLite's kernels do.

import type { ResizeView } from "@espalier/ir";

/** How TFLite's kernels count; neither is position · in / out. */
export interface Counting {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Scale of an axis as ONNX Runtime takes it: a float32, as written or from the sizes. */
function scaleOf(view: ResizeView, axis: number, from: number, to: number): number {
  return Math.fround(view.scales?.[axis] ?? to / from);
}

/** Position in x, with fractions; null for a way of counting that is not known. */
function positionOf(
  view: ResizeView,
  scale: number,
  from: number,
  to: number,
): ((at: number) => number) | null {
  switch (view.coordinates) {
    case "half_pixel":
      return (at) => Math.fround((at + 0.5) / scale - 0.5);
    case "pytorch_half_pixel":
      return (at) => (to > 1 ? Math.fround((at + 0.5) / scale - 0.5) : 0);
    case "half_pixel_symmetric": {
      const adjustment = to / (scale * from);
      const offset = (from / 2) * (1 - adjustment);
      return (at) => Math.fround(offset + (at + 0.5) / scale - 0.5);
    }
    case "align_corners":
      return (at) => (to === 1 ? 0 : Math.fround((at * (from - 1)) / (to - 1)));
    case "asymmetric":
      return (at) => Math.fround(at / scale);
    default:
      return null;
  }
}

/** Which place of x each place of y along an axis takes; null for a way of counting that is not known. */
export function nearestPlaces(view: ResizeView, axis: number, from: number, to: number): number[] | null {
  const scale = scaleOf(view, axis, from, to);
  const all = Array.from({ length: to }, (_, at) => at);
  if (scale === 1 && from === to) return all;
  const position = positionOf(view, scale, from, to);
  if (position === null) return null;
  const round = ROUNDINGS[view.rounding];
  return all.map((at) => Math.min(Math.max(round(position(at)), 0), from - 1));
}

const ROUNDINGS: Readonly<Record<ResizeView["rounding"], (x: number) => number>> = {
  round_prefer_floor: (x) => (x === Math.floor(x) + 0.5 ? Math.floor(x) : Math.round(x)),
  round_prefer_ceil: Math.round,
  floor: Math.floor,
  ceil: Math.ceil,
};

/** The same as TFLite's kernel counts, in float32 as it does. */
export function tflitePlaces(
  { alignCorners, halfPixelCenters }: Counting,
  from: number,
  to: number,
): number[] {
  const scale = Math.fround(alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);
  const offset = halfPixelCenters ? 0.5 : 0;
  return Array.from({ length: to }, (_, at) => {
    const position = Math.fround(Math.fround(at + offset) * scale);
    const place = alignCorners ? Math.round(position) : Math.floor(position);
    return Math.max(0, Math.min(place, from - 1));
  });
}

/** How RESIZE_BILINEAR has to count to do what the node says; null where it cannot. */
export function linearCounting(
  view: ResizeView,
  from: readonly number[],
  to: readonly number[],
): Counting | null {
  const axes = from.map((_, axis) => axis).slice(2);
  const wide = axes.filter((axis) => from[axis] !== to[axis]);
  // TFLite's scale is that of the sizes.
  const exact = wide.every((axis) => {
    const [a, b] = [from[axis] as number, to[axis] as number];
    return Math.abs(scaleOf(view, axis, a, b) - b / a) <= 1e-6 * (b / a);
  });
  switch (view.coordinates) {
    case "align_corners":
      return { alignCorners: true, halfPixelCenters: false };
    case "asymmetric":
      return exact ? { alignCorners: false, halfPixelCenters: false } : null;
    case "half_pixel_symmetric":
    case "half_pixel":
      return exact ? { alignCorners: false, halfPixelCenters: true } : null;
    case "pytorch_half_pixel":
      return exact && wide.every((axis) => to[axis] !== 1)
        ? { alignCorners: false, halfPixelCenters: true }
        : null;
    default:
      return null;
  }
}
