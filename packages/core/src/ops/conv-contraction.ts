// Conv as a contraction: every output position is a row, its receptive field the columns, channel by channel
// (im2col, column = channel · taps + tap). The columns come from a depthwise convolution with one-hot kernels,
// so padding, strides and dilations are the runtime's own.

import {
  type ConvView,
  convolvedSize,
  type Facts,
  floatTensor,
  type GraphBuilder,
  intAttribute,
  intsAttribute,
  isStatic,
  stringAttribute,
  type Value,
  type Window,
} from "@espalier/ir";
import type { Contraction } from "../calibration/contraction.js";

/** The contraction of a convolution; null unless its weights are stored. */
export function convContraction({ x, w, y, group, window }: ConvView, facts: Facts): Contraction | null {
  const tensor = facts.constant(w);
  const [filters, perGroup, ...kernel] = tensor?.dims ?? [];
  if (tensor === null || filters === undefined || perGroup === undefined || facts.constant(x) !== null)
    return null;
  if (filters % group !== 0 || window.kernel.some((size) => !isStatic(size))) return null;
  const taps = kernel.reduce((product, size) => product * size, 1);
  const [columns, outputs] = [perGroup * taps, filters / group];
  const transposed = (from: ArrayLike<number>, rows: number, width: number): Float64Array => {
    const out = new Float64Array(from.length);
    const size = rows * width;
    for (let g = 0; g < group; g++)
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < width; c++)
          out[g * size + c * rows + r] = from[g * size + r * width + c] as number;
    return out;
  };
  return {
    x,
    w,
    y,
    blocks: group,
    columns,
    outputs,
    inputAxis: 1,
    taps,
    channelAxis: 1,
    bias: { index: 2, scale: 1 },
    rows: ([batch = 0, , ...space]) =>
      space.reduce((product, size, i) => product * (convolvedSize(size, window, i) as number), batch),
    unfold: (builder, value) => {
      const fields = receptiveFields(builder, value, perGroup * group, kernel, window);
      return blockRows(builder, fields, group, columns);
    },
    outputRows: (builder, value) => blockRows(builder, value, group, outputs),
    toMatrix: (weights) => transposed(weights, outputs, columns),
    fromMatrix: (matrix) => transposed(matrix, columns, outputs),
  };
}

/** x [N, C, ...] → [N, C · taps, ...]: what every output position reads. */
function receptiveFields(
  builder: GraphBuilder,
  x: Value,
  channels: number,
  kernel: readonly number[],
  window: Window,
): Value {
  const taps = kernel.reduce((product, size) => product * size, 1);
  const plain = taps === 1 && window.strides.every((stride) => stride === 1);
  if (plain && [...window.padBegin, ...window.padEnd].every((pad) => pad === 0)) return x;
  const kernels = new Float32Array(channels * taps * taps);
  for (let c = 0; c < channels; c++) for (let t = 0; t < taps; t++) kernels[(c * taps + t) * taps + t] = 1;
  const weight = builder.weight("one_hot", floatTensor([channels * taps, 1, ...kernel], kernels));
  return builder.op("Conv", [x, weight], {
    attributes: {
      group: intAttribute(channels),
      kernel_shape: intsAttribute(kernel),
      strides: intsAttribute(window.strides),
      dilations: intsAttribute(window.dilations),
      ...(window.autoPad === "NOTSET"
        ? { pads: intsAttribute([...window.padBegin, ...window.padEnd]) }
        : { auto_pad: stringAttribute(window.autoPad) }),
    },
  });
}

/** [N, blocks · width, ...] → [blocks, width, N · positions]: positions stay together, which copies fastest. */
function blockRows(builder: GraphBuilder, value: Value, blocks: number, width: number): Value {
  const split = builder.op("Reshape", [value, builder.ints("blocks", [0, blocks, width, -1])]);
  const rows = builder.op("Transpose", [split], { attributes: { perm: intsAttribute([1, 2, 0, 3]) } });
  return builder.op("Reshape", [rows, builder.ints("rows", [blocks, width, -1])]);
}
