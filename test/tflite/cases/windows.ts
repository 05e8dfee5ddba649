// Windows over images: convolutions, their transposes, pools.

import type { Attributes, BuildCase, LoweringCases } from "../lowered-equals-onnx.js";

type Ints = readonly number[];
interface ConvCase {
  readonly x?: Ints;
  /** [M, C/group, ...kernel] */
  readonly w: Ints;
  readonly bias?: boolean;
  readonly [attribute: string]: unknown;
}

const conv =
  ({ x = [1, 4, 9, 8], w, bias = true, ...attributes }: ConvCase): BuildCase =>
  (net) =>
    net.op(
      "Conv",
      [net.input(x), net.weight(w), bias ? net.weight([w[0] as number]) : null],
      attributes as Attributes,
    );

export const CONVOLUTIONS: LoweringCases = {
  "Conv 1×1": conv({ w: [6, 4, 1, 1] }),
  "Conv without bias": conv({ w: [6, 4, 3, 3], bias: false }),
  "Conv SAME at stride 1": conv({ w: [6, 4, 3, 3], pads: [1, 1, 1, 1] }),
  "Conv padded on every side at stride 2": conv({ w: [6, 4, 3, 3], pads: [1, 1, 1, 1], strides: [2, 2] }),
  "Conv padded at the end alone": conv({ w: [6, 4, 3, 3], pads: [0, 0, 1, 1], strides: [2, 2] }),
  "Conv with odd pads": conv({ w: [6, 4, 3, 2], pads: [2, 0, 1, 3], strides: [1, 2] }),
  "Conv dilated": conv({ w: [6, 4, 3, 3], pads: [2, 2, 2, 2], dilations: [2, 2] }),
  "Conv dilated in one direction": conv({ w: [6, 4, 3, 3], dilations: [1, 3] }),
  "Conv SAME_UPPER": conv({ w: [6, 4, 3, 3], auto_pad: "SAME_UPPER", strides: [2, 2] }),
  "Conv SAME_LOWER": conv({ w: [6, 4, 2, 3], auto_pad: "SAME_LOWER", strides: [2, 2] }),
  "Conv VALID": conv({ w: [6, 4, 2, 3], auto_pad: "VALID", strides: [2, 1] }),
  "Conv on a batch": conv({ x: [3, 4, 5, 5], w: [6, 4, 3, 3], pads: [1, 1, 1, 1] }),
  "Conv in groups": conv({ w: [6, 2, 3, 3], group: 2, pads: [1, 1, 1, 1] }),
  "Conv depthwise": conv({ w: [4, 1, 3, 3], group: 4, pads: [1, 1, 1, 1] }),
  "Conv depthwise at stride 2": conv({ w: [4, 1, 3, 3], group: 4, pads: [1, 1, 1, 1], strides: [2, 2] }),
  "Conv depthwise, dilated": conv({ w: [4, 1, 3, 3], group: 4, dilations: [2, 2] }),
  "Conv depthwise with a multiplier": conv({ w: [12, 1, 3, 3], group: 4 }),
  "Conv of rank 3": conv({ x: [2, 4, 9], w: [6, 4, 3], pads: [1, 1] }),
  "Conv of rank 3 at stride 2": conv({ x: [1, 4, 9], w: [6, 4, 4], pads: [2, 0], strides: [2] }),
  "Conv of rank 3, depthwise": conv({ x: [1, 4, 9], w: [4, 1, 3], group: 4 }),
  "Conv, normalised": (net) => {
    const y = net.op("Conv", [net.input([1, 4, 6, 6]), net.weight([6, 4, 3, 3])], { pads: [1, 1, 1, 1] });
    const positive = (normal: number): number => Math.abs(normal) + 0.2;
    const statistics = [net.weight([6]), net.weight([6]), net.weight([6]), net.weight([6], positive)];
    return net.op("Relu", [net.op("BatchNormalization", [y, ...statistics])]);
  },
  "Conv whose weight two nodes read": (net) => {
    const [x, w] = [net.input([1, 4, 6, 6]), net.weight([4, 4, 1, 1])];
    const scaled = net.op("Mul", [net.op("Conv", [x, w]), net.weight([4, 1, 1])]);
    return [scaled, net.op("Conv", [x, w])];
  },
  "Conv whose result two nodes read": (net) => {
    const y = net.op("Conv", [net.input([1, 4, 6, 6]), net.weight([4, 4, 1, 1])]);
    return [net.op("Relu", [y]), net.op("Mul", [y, net.weight([4, 1, 1])])];
  },
  "BatchNormalization alone": (net) => {
    const positive = (normal: number): number => Math.abs(normal) + 0.2;
    const statistics = [net.weight([4]), net.weight([4]), net.weight([4]), net.weight([4], positive)];
    return net.op("BatchNormalization", [net.input([2, 4, 3, 3]), ...statistics]);
  },
  "BatchNormalization of a matrix": (net) => {
    const positive = (normal: number): number => Math.abs(normal) + 0.2;
    const statistics = [net.weight([4]), net.weight([4]), net.weight([4]), net.weight([4], positive)];
    return net.op("BatchNormalization", [net.input([3, 4]), ...statistics]);
  },
  "Conv behind a Pad": (net) => {
    const padded = net.op("Pad", [net.input([1, 4, 6, 6]), net.ints([0, 0, 1, 1, 0, 0, 1, 1])]);
    return net.op("Conv", [padded, net.weight([6, 4, 3, 3])]);
  },
};

const transposed =
  ({ x = [1, 4, 5, 6], w, bias = true, ...attributes }: ConvCase): BuildCase =>
  (net) => {
    const group = (attributes.group as number | undefined) ?? 1;
    const offsets = bias ? net.weight([(w[1] as number) * group]) : null;
    return net.op("ConvTranspose", [net.input(x), net.weight(w), offsets], attributes as Attributes);
  };

export const TRANSPOSED_CONVOLUTIONS: LoweringCases = {
  ConvTranspose: transposed({ w: [4, 3, 3, 3] }),
  "ConvTranspose at stride 2": transposed({ w: [4, 3, 2, 2], strides: [2, 2] }),
  "ConvTranspose padded": transposed({ w: [4, 3, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  "ConvTranspose with output padding": transposed({
    ...{ w: [4, 3, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
  }),
  "ConvTranspose with output padding alone": transposed({
    w: [4, 3, 2, 2],
    strides: [3, 3],
    output_padding: [1, 2],
  }),
  "ConvTranspose of a size": transposed({ w: [4, 3, 3, 3], strides: [2, 2], output_shape: [10, 12] }),
  "ConvTranspose SAME_UPPER": transposed({ w: [4, 3, 3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" }),
  "ConvTranspose SAME_LOWER": transposed({ w: [4, 3, 3, 3], strides: [2, 2], auto_pad: "SAME_LOWER" }),
  "ConvTranspose in groups": transposed({ w: [4, 3, 3, 3], group: 2, strides: [2, 2] }),
  "ConvTranspose dilated": transposed({ w: [4, 3, 3, 3], dilations: [2, 1], pads: [1, 0, 0, 1] }),
  "ConvTranspose without bias": transposed({ w: [4, 3, 3, 3], bias: false, strides: [2, 1] }),
  "ConvTranspose of rank 3": transposed({ x: [1, 4, 5], w: [4, 3, 3], strides: [2], pads: [1, 0] }),
};

const pool =
  (opType: string, attributes: object, x: Ints = [1, 3, 7, 8]): BuildCase =>
  (net) =>
    net.op(opType, [net.input(x)], attributes as Attributes);

const poolsOf = (opType: string): LoweringCases => ({
  [`${opType} 2×2`]: pool(opType, { kernel_shape: [2, 2], strides: [2, 2] }),
  [`${opType} 3×3, padded`]: pool(opType, { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  [`${opType} SAME at stride 1`]: pool(opType, { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  [`${opType} with odd pads`]: pool(opType, { kernel_shape: [3, 2], strides: [1, 2], pads: [2, 0, 0, 1] }),
  [`${opType} rounded up`]: pool(opType, { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  [`${opType} SAME_UPPER`]: pool(opType, { kernel_shape: [2, 3], strides: [2, 2], auto_pad: "SAME_UPPER" }),
  [`${opType} SAME_LOWER`]: pool(opType, { kernel_shape: [2, 2], strides: [1, 1], auto_pad: "SAME_LOWER" }),
  [`${opType} of rank 3`]: pool(opType, { kernel_shape: [3], strides: [2], pads: [1, 0] }, [2, 3, 8]),
});

export const POOLS: LoweringCases = {
  ...poolsOf("MaxPool"),
  ...poolsOf("AveragePool"),
  "MaxPool behind ReLU": (net) =>
    net.op("MaxPool", [net.op("Relu", [net.input([1, 3, 7, 7])])], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      strides: [2, 2],
    }),
  "AveragePool counting its padding": pool("AveragePool", {
    ...{ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 },
  }),
  "AveragePool counting its padding at SAME": pool("AveragePool", {
    ...{ kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
  }),
  GlobalAveragePool: pool("GlobalAveragePool", {}),
  GlobalMaxPool: pool("GlobalMaxPool", {}),
  "GlobalAveragePool of rank 3": pool("GlobalAveragePool", {}, [2, 3, 8]),
};
