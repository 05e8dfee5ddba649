// The shares that the elements of an axis have in those of the resized one.

import type { ResizeView } from "@espalier/ir";
import type { LinearMap } from "../graph/linear-map.js";

type Kind = Pick<ResizeView, "mode" | "coordinates" | "rounding" | "cubicCoefficient" | "excludeOutside">;

/**
 * @param size of the axis before
 * @param results its size after
 * @param scale results/size as the operator was given it
 */
export function interpolation(kind: Kind, size: number, results: number, scale: number): LinearMap {
  return Array.from({ length: results }, (_, o) => {
    const position = positionOf(kind, o, size, results, scale);
    const row = new Array<number>(size).fill(0);
    for (const [at, share] of shares(kind, position, size)) row[at] = (row[at] as number) + share;
    return row;
  });
}

/**
 * Where the middle of a result lies in x, as ONNX defines each way. What is nearest to it jumps, so there it is rounded to
 * float32 wherever ONNX Runtime rounds (onnxruntime/core/providers/cpu/tensor/upsamplebase.h): ⅓ and 4⁄3 are no float32.
 */
function positionOf(
  { mode, coordinates }: Kind,
  o: number,
  size: number,
  results: number,
  exactScale: number,
): number {
  const float = mode === "nearest" ? Math.fround : (x: number): number => x;
  const scale = float(exactScale);
  switch (coordinates) {
    case "asymmetric":
      return float(o / scale);
    case "align_corners":
      return results === 1 ? 0 : float(float(o * (size - 1)) / (results - 1));
    case "pytorch_half_pixel":
      return results === 1 ? 0 : float(float((o + 0.5) / scale) - 0.5);
    case "tf_half_pixel_for_nn":
      return float((o + 0.5) / scale);
    case "half_pixel_symmetric": {
      const offset = float((size / 2) * float(1 - float(results / float(scale * size))));
      return float(offset + (o + 0.5) / scale - 0.5);
    }
    default:
      return float(float((o + 0.5) / scale) - 0.5);
  }
}

/** Elements and their shares; beyond the border the last element goes on. */
function shares(kind: Kind, position: number, size: number): [number, number][] {
  const inside = (at: number): number => Math.min(Math.max(at, 0), size - 1);
  if (kind.mode === "nearest") return [[inside(rounded(kind.rounding, position)), 1]];
  if (kind.mode === "linear") {
    const within = Math.min(Math.max(position, 0), size - 1);
    const before = Math.floor(within);
    const share = within - before;
    return [
      [before, 1 - share],
      [inside(before + 1), share],
    ];
  }
  const before = Math.floor(position);
  const all = cubic(position - before, kind.cubicCoefficient).map((share, i): [number, number] => [
    before - 1 + i,
    share,
  ]);
  if (!kind.excludeOutside) return all.map(([at, share]) => [inside(at), share]);
  const kept = all.filter(([at]) => at >= 0 && at < size);
  const total = kept.reduce((sum, [, share]) => sum + share, 0);
  return kept.map(([at, share]) => [at, share / total]);
}

/** So near to the middle between two elements, ONNX Runtime takes a position for the middle (1.30). */
const TIE = 1e-6;

function rounded(rounding: Kind["rounding"], position: number): number {
  const below = Math.floor(position);
  const tie = Math.abs(position - below - 0.5) <= TIE;
  switch (rounding) {
    case "floor":
      return below;
    case "ceil":
      return Math.ceil(position);
    case "round_prefer_ceil":
      return tie ? below + 1 : Math.round(position);
    case "round_prefer_floor":
      return tie ? below : Math.round(position);
  }
}

/** Shares of the four neighbours at distance s behind the second (Keys 1981). */
function cubic(s: number, a: number): number[] {
  const near = (d: number): number => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number): number => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [far(s + 1), near(s), near(1 - s), far(2 - s)];
}
