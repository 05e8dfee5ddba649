// In which order the axes of an ONNX value lie in memory. Physical axis i of a tensor is axis `layout[i]` of the value:
// an image that ONNX calls [N, C, H, W] lies as NHWC under [0, 2, 3, 1]. Axes of size 1 lie anywhere, so two layouts that
// differ only in them are one.

/** A permutation; the identity is ONNX's own order. */
export type Layout = readonly number[];

/** ONNX's order. */
export function onnxOrder(rank: number): Layout {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Batch first, then space, channels (axis 1) last; ONNX's order below rank 3. */
export function channelsLast(rank: number): Layout {
  return rank < 3 ? onnxOrder(rank) : [0, ...onnxOrder(rank).slice(2), 1];
}

export function isOnnxOrder(layout: Layout): boolean {
  return layout.every((axis, i) => axis === i);
}

/** Sizes as they lie in memory. */
export function physicalShape(shape: readonly number[], layout: Layout): number[] {
  return layout.map((axis) => shape[axis] as number);
}

/** What TRANSPOSE takes to bring a tensor from one layout to another: axis i of the result is axis `perm[i]`. */
export function transposition(from: Layout, to: Layout): number[] {
  return to.map((axis) => from.indexOf(axis));
}

/** True where both layouts put the elements of a value of this shape in one order. */
export function sameOrder(shape: readonly number[], a: Layout, b: Layout): boolean {
  const moving = (layout: Layout): string => layout.filter((axis) => shape[axis] !== 1).join();
  return a.length === b.length && moving(a) === moving(b);
}

/** The layout of a value after ONNX's Transpose, where nothing moves in memory: y's axis i is x's axis `perm[i]`. */
export function relabelled(layout: Layout, perm: readonly number[]): Layout {
  return layout.map((axis) => perm.indexOf(axis));
}

/** The layout of what is left when axes are taken out. */
export function withoutAxes(layout: Layout, axes: readonly number[]): Layout {
  const kept = layout.filter((axis) => !axes.includes(axis));
  return kept.map((axis) => axis - axes.filter((gone) => gone < axis).length);
}

/** The layout of a value that is broadcast to more axes, which come first. */
export function withLeadingAxes(layout: Layout, rank: number): Layout {
  const lead = rank - layout.length;
  return [...onnxOrder(lead), ...layout.map((axis) => axis + lead)];
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
