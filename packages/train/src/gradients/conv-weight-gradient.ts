// The gradient of a convolution's weights: for each tap of the kernel one product of what the tap saw with ∂y.
//
// With x padded and in channels-last order, tap t sees the strided slice x_t [N·O, C] (O output positions), and
// ∂W[:, :, t] = ∂yᵀ·x_t with ∂y [N·O, M]. This takes half the time of a convolution over transposed
// operands, or of one product with all taps side by side. One product of three copies of each is faster for 16 channels on
// two threads and slower elsewhere: benchmarks/gradient-forms.mjs.

import type { Value } from "@espalier/ir";
import type { Arithmetic, SliceAlong } from "../graph/arithmetic.js";
import { elementCount } from "../graph/element-count.js";
import type { ExplicitWindow } from "./explicit-pads.js";

export interface ConvolutionShapes {
  /** [M, C/group, ...kernel] */
  readonly w: readonly number[];
  /** [N, M, ...] */
  readonly y: readonly number[];
  readonly group: number;
  readonly window: ExplicitWindow;
}

/** ∂W [M, C/group, ...kernel] of y = conv(x, W). */
export function convWeightGradient(make: Arithmetic, x: Value, dy: Value, shapes: ConvolutionShapes): Value {
  const { w, y, group, window } = shapes;
  const [batch, filters, ...space] = y as [number, number, ...number[]];
  const positions = batch * elementCount(space);
  const channels = w[1] as number;
  const spatial = space.map((_, i) => i);
  const padded = channelsLast(make, x, window);
  const taps = tapPositions(window.kernel);
  const seen = taps.map((tap) =>
    make.slice(
      padded,
      spatial.map((i) => tapRange(tap[i] as number, i, space[i] as number, window)),
    ),
  );
  // [taps, M, C/group] in the end, whatever the groups.
  let perTap: Value;
  if (group === 1) {
    const rows = make.reshape(make.transpose(dy, [1, 0, ...spatial.map((i) => i + 2)]), [filters, positions]);
    const products = seen.map((one) => make.matMul(rows, make.reshape(one, [positions, channels])));
    perTap = stack(make, products, [filters, channels]);
  } else if (channels === 1 && filters === group) {
    const last = make.transpose(dy, [0, ...spatial.map((i) => i + 2), 1]);
    const axes = [0, ...spatial.map((i) => i + 1)];
    const products = seen.map((one) => make.sum(make.multiply(one, last), axes));
    perTap = stack(make, products, [filters, 1]);
  } else {
    const perGroup = filters / group;
    const rows = make.reshape(make.transpose(dy, [1, 0, ...spatial.map((i) => i + 2)]), [
      group,
      perGroup,
      positions,
    ]);
    const products = seen.map((one) => {
      const grouped = make.transpose(make.reshape(one, [positions, group, channels]), [1, 0, 2]);
      return make.matMul(rows, grouped);
    });
    perTap = stack(make, products, [filters, channels]);
  }
  return make.reshape(make.transpose(perTap, [1, 2, 0]), w);
}

/** x padded, [N, ..., C]. */
function channelsLast(make: Arithmetic, x: Value, { begin, end }: ExplicitWindow): Value {
  const spatial = begin.map((_, i) => i + 2);
  const last = make.transpose(x, [0, ...spatial, 1]);
  return make.pad(last, [0, ...begin, 0], [0, ...end, 0]);
}

function tapRange(
  tap: number,
  i: number,
  results: number,
  { strides, dilations }: ExplicitWindow,
): SliceAlong {
  const start = tap * (dilations[i] as number);
  const step = strides[i] as number;
  return { axis: i + 1, start, end: start + (results - 1) * step + 1, step };
}

/** All positions of a kernel, the last axis fastest. */
function tapPositions(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, i) => [...tap, i])),
    [[]],
  );
}

/** [taps, ...dims] of one value for each tap. */
function stack(make: Arithmetic, values: readonly Value[], dims: readonly number[]): Value {
  return make.concat(
    values.map((value) => make.reshape(value, [1, ...dims])),
    0,
  );
}
