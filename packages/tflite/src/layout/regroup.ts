// What a reshape means in memory. Both shapes are products of the same factors, in ONNX's order: [N, C, H, W] to
// [N, C, H·W] joins H and W and leaves the rest. Where the axes of each group lie together in memory, in their order, the
// tensor is reshaped as it lies and no element moves; otherwise the groups say which order makes that so.

import { type Layout, onnxOrder } from "./layout.js";

/** Axes of the two shapes that hold the same elements; without axes of size 1. */
interface AxisGroup {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export interface Regrouping {
  /** The layout that x must have for its groups to lie together; the one it has where they do. */
  readonly from: Layout;
  /** The layout that y has then. */
  readonly to: Layout;
}

/**
 * @param layout  how x lies
 * @returns the layouts between which a reshape in memory is the reshape that is meant
 */
export function regroup(from: readonly number[], layout: Layout, to: readonly number[]): Regrouping {
  const groups = groupsOf(from, to);
  if (groups === null) return { from: onnxOrder(from.length), to: onnxOrder(to.length) };
  // Groups in the order in which their first axis lies in memory.
  const ordered = groups
    .map((group) => ({ group, at: Math.min(...group.from.map((axis) => layout.indexOf(axis))) }))
    .sort((a, b) => a.at - b.at)
    .map(({ group }) => group);
  const ones = layout.filter((axis) => from[axis] === 1);
  const wanted = ordered.flatMap((group) => group.from);
  return {
    from: withOnes(layout, wanted, ones),
    to: placeOnes(
      to,
      ordered.flatMap((group) => group.to),
    ),
  };
}

/** Shortest runs of axes with equal products; null where a size is 0. */
function groupsOf(from: readonly number[], to: readonly number[]): AxisGroup[] | null {
  const [left, right] = [from, to].map((shape) =>
    onnxOrder(shape.length).filter((axis) => shape[axis] !== 1),
  );
  const groups: AxisGroup[] = [];
  let [i, j] = [0, 0];
  while (left !== undefined && right !== undefined && (i < left.length || j < right.length)) {
    const group: { from: number[]; to: number[] } = { from: [], to: [] };
    let [a, b] = [1, 1];
    do {
      if (a <= b && i < left.length) {
        group.from.push(left[i] as number);
        a *= from[left[i++] as number] as number;
      } else if (j < right.length) {
        group.to.push(right[j] as number);
        b *= to[right[j++] as number] as number;
      } else return null;
      if (a === 0 || b === 0) return null;
    } while (a !== b);
    groups.push(group);
  }
  return groups;
}

/** `wanted` with the axes of size 1 where they lie: they keep their places. */
function withOnes(layout: Layout, wanted: readonly number[], ones: readonly number[]): Layout {
  let next = 0;
  return layout.map((axis) => (ones.includes(axis) ? axis : (wanted[next++] as number)));
}

/** A layout with the other axes in this order: ONNX's own, or channels last, where one of them is that. */
function placeOnes(shape: readonly number[], order: readonly number[]): Layout {
  const matches = (layout: Layout): boolean =>
    layout.filter((axis) => shape[axis] !== 1).join() === order.join();
  const plain = onnxOrder(shape.length);
  if (matches(plain)) return plain;
  const last = shape.length < 3 ? plain : [0, ...plain.slice(2), 1];
  if (matches(last)) return last;
  return [...plain.filter((axis) => shape[axis] === 1), ...order];
}
