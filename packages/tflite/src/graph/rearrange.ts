// Constants in another order of their axes, where the file is written and not where it runs.

import type { ConstantElements } from "./graph-tensor.js";

/** Elements of a constant of this shape with axis i of the result being axis `perm[i]`. */
export function transposed(
  elements: ConstantElements,
  shape: readonly number[],
  perm: readonly number[],
): ConstantElements {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--)
    strides[i] = (strides[i + 1] as number) * (shape[i + 1] as number);
  const sizes = perm.map((axis) => shape[axis] as number);
  const steps = perm.map((axis) => strides[axis] as number);
  const result = elements.slice();
  const index = new Array<number>(sizes.length).fill(0);
  let source = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = elements[source] as number;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      source += steps[axis] as number;
      if ((index[axis] as number) < (sizes[axis] as number)) break;
      source -= (steps[axis] as number) * (sizes[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}
