// Operators that rearrange: reshapes, transposes, parts, borders, resizing; in ONNX's order and behind an image operator.

import { DataType } from "@espalier/ir";
import type { Attributes, BuildCase, CaseNet, LoweringCases } from "../lowered-equals-onnx.js";

type Value = ReturnType<CaseNet["op"]>;

/** [1, 4, 4, 6], channels last in memory. */
const image = (net: CaseNet): Value => net.op("Conv", [net.input([1, 3, 4, 6]), net.weight([4, 3, 1, 1])]);

const reshaped =
  (target: readonly number[], from: (net: CaseNet) => Value = image): BuildCase =>
  (net) =>
    net.op("Reshape", [from(net), net.ints(target)]);

const sliced =
  (
    starts: number[],
    ends: number[],
    axes: number[],
    steps: number[] | null = null,
    from = image,
  ): BuildCase =>
  (net) =>
    net.op("Slice", [from(net), net.ints(starts), net.ints(ends), net.ints(axes), steps && net.ints(steps)]);

const padded =
  (amounts: readonly number[], mode = "constant", from = image): BuildCase =>
  (net) =>
    net.op("Pad", [from(net), net.ints(amounts)], { mode });

const END = 2 ** 31 - 1;

export const SHAPES: LoweringCases = {
  "Reshape joins space": reshaped([1, 4, -1]),
  "Reshape joins channels and space": reshaped([1, -1]),
  "Reshape splits channels": reshaped([1, 2, 2, 4, 6]),
  "Reshape of a 0": reshaped([0, 0, -1]),
  "Reshape across": reshaped([1, 8, 12]),
  "Reshape to a vector": reshaped([-1]),
  "Reshape of rank 5": reshaped([2, 12], (net) => net.input([1, 2, 3, 2, 2])),
  "a channel shuffle": (net) => {
    const apart = net.op("Reshape", [image(net), net.ints([1, 2, 2, 4, 6])]);
    const turned = net.op("Transpose", [apart], { perm: [0, 2, 1, 3, 4] });
    return net.op("Relu", [net.op("Reshape", [turned, net.ints([1, 4, 4, 6])])]);
  },
  "tokens of an image": (net) =>
    net.op("Transpose", [net.op("Reshape", [image(net), net.ints([1, 4, -1])])], { perm: [0, 2, 1] }),
  "an image of tokens": (net) => {
    const turned = net.op("Transpose", [net.input([1, 24, 4])], { perm: [0, 2, 1] });
    const y = net.op("Reshape", [turned, net.ints([1, 4, 4, 6])]);
    return net.op("Conv", [y, net.weight([2, 4, 3, 3])]);
  },
  "Flatten at 2": (net) => net.op("Flatten", [image(net)], { axis: 2 }),
  "Flatten at 0": (net) => net.op("Flatten", [image(net)], { axis: 0 }),
  "Flatten of a pooled image": (net) => net.op("Flatten", [net.op("GlobalAveragePool", [image(net)])]),
  Squeeze: (net) => net.op("Squeeze", [net.op("GlobalAveragePool", [image(net)]), net.ints([2, 3])]),
  Unsqueeze: (net) => net.op("Unsqueeze", [net.input([3, 4]), net.ints([0, 3])]),
  "squeeze and excite": (net) => {
    const y = image(net);
    const squeezed = net.op("Flatten", [net.op("GlobalAveragePool", [y])]);
    const gate = net.op("Sigmoid", [net.op("Gemm", [squeezed, net.weight([4, 4])])]);
    return net.op("Mul", [y, net.op("Reshape", [gate, net.ints([1, 4, 1, 1])])]);
  },
  "Transpose of an image": (net) => net.op("Transpose", [image(net)], { perm: [0, 2, 3, 1] }),
  "Transpose to the front": (net) => net.op("Transpose", [image(net)], { perm: [3, 0, 1, 2] }),
  "Transpose of everything": (net) => net.op("Transpose", [net.input([2, 3, 4])]),
  "two transposes": (net) =>
    net.op(
      "Transpose",
      [net.op("Relu", [net.op("Transpose", [net.input([2, 3, 4])], { perm: [1, 2, 0] })])],
      {
        perm: [2, 0, 1],
      },
    ),
  "Concat of channels": (net) =>
    net.op("Concat", [image(net), image(net), net.input([1, 1, 4, 6])], { axis: 1 }),
  "Concat of rows": (net) => net.op("Concat", [image(net), image(net)], { axis: 2 }),
  "Concat of vectors": (net) => net.op("Concat", [net.input([2]), net.weight([3])], { axis: 0 }),
  "Split of channels": (net) => net.ops("Split", [image(net)], 2, { axis: 1 }),
  "Split of rows, unequal": (net) => net.ops("Split", [image(net), net.ints([1, 3])], 2, { axis: 2 }),
  "Slice of channels": sliced([1], [3], [1]),
  "Slice by 2": sliced([0, 1], [END, END], [2, 3], [2, 2]),
  "Slice from the end": sliced([-3], [-1], [3]),
  "Slice backwards": sliced([-1], [-END], [3], [-1]),
  "Slice backwards by 2": sliced([4, 3], [0, -END], [3, 2], [-2, -1]),
  "Slice of rank 5": sliced([1], [3], [2], null, (net) => net.input([1, 2, 3, 2, 2])),
  "Pad an image": padded([0, 0, 1, 2, 0, 0, 0, 1]),
  "Pad channels": padded([0, 1, 0, 0, 0, 2, 0, 0]),
  "Pad with a number": (net) =>
    net.op("Pad", [image(net), net.ints([0, 0, 1, 1, 0, 0, 1, 1]), net.weight([], () => 0.5)]),
  "Pad by reflection": padded([0, 0, 2, 1, 0, 0, 1, 3], "reflect"),
  "Pad by the edge": padded([0, 0, 2, 1, 0, 0, 1, 3], "edge"),
  "Pad crops": padded([0, 0, -1, 1, 0, 0, 0, -2]),
  "Expand a row": (net) => net.op("Expand", [net.input([3, 1]), net.ints([2, 1, 4])]),
  "Expand nothing": (net) => net.op("Expand", [net.input([3, 4]), net.ints([1, 1])]),
  Tile: (net) => net.op("Tile", [net.input([2, 3]), net.ints([2, 2])]),
  "Tile an image": (net) => net.op("Tile", [image(net), net.ints([1, 2, 1, 3])]),
  "Gather one": (net) => net.op("Gather", [image(net), net.ints([-2], [])], { axis: 1 }),
  "Gather several": (net) => net.op("Gather", [image(net), net.ints([3, 0, -1])], { axis: 1 }),
  "Gather a table": (net) => net.op("Gather", [net.weight([7, 3]), net.integers([2, 4], -7, 6)]),
  "Gather a matrix of places": (net) =>
    net.op("Gather", [net.input([2, 5, 3]), net.ints([0, 4, 2, 2], [2, 2])], { axis: 1 }),
  "DepthToSpace DCR": (net) =>
    net.op("DepthToSpace", [net.input([1, 8, 2, 3])], { blocksize: 2, mode: "DCR" }),
  "DepthToSpace CRD": (net) =>
    net.op("DepthToSpace", [net.input([1, 8, 2, 3])], { blocksize: 2, mode: "CRD" }),
  SpaceToDepth: (net) => net.op("SpaceToDepth", [net.input([1, 3, 4, 6])], { blocksize: 2 }),
  "an output that is fed": (net) => net.op("Identity", [net.input([2, 3])]),
  "an output that is stored": (net) => net.op("Identity", [net.weight([2, 3])]),
  "one value under two names": (net) => {
    const y = net.op("Relu", [net.input([2, 3])]);
    return [net.op("Identity", [y]), net.op("Identity", [y])];
  },
  "shapes that are computed": (net) => {
    const y = image(net);
    const shape = net.op("Shape", [y]);
    const batch = net.op("Slice", [shape, net.ints([0]), net.ints([1])]);
    return net.op("Reshape", [y, net.op("Concat", [batch, net.ints([-1])], { axis: 0 })]);
  },
  "CumSum of channels": (net) => net.op("CumSum", [image(net), net.ints([1], [])]),
  "CumSum backwards, without the element": (net) =>
    net.op("CumSum", [net.input([2, 3, 4]), net.ints([-1], [])], { exclusive: 1, reverse: 1 }),
  "TopK of channels": (net) => {
    const [values, places] = net.ops("TopK", [image(net), net.ints([2])], 2, { axis: 1 }) as [Value, Value];
    return [values, net.op("Cast", [places], { to: DataType.FLOAT })];
  },
  "TopK, smallest": (net) =>
    net.ops("TopK", [net.input([2, 5]), net.ints([3])], 2, { largest: 0 })[0] as Value,
  "ConstantOfShape, large": (net) =>
    net.op("Add", [net.input([40]), net.op("ConstantOfShape", [net.ints([50, 40])])]),
  "ArgMax of channels": (net) =>
    net.op("Cast", [net.op("ArgMax", [image(net)], { axis: 1, keepdims: 0 })], { to: DataType.FLOAT }),
  "ArgMin of rows": (net) =>
    net.op("Cast", [net.op("ArgMin", [image(net)], { axis: 2 })], { to: DataType.FLOAT }),
};

const resized =
  (attributes: object, scales: readonly number[], sizes: readonly number[] | null = null): BuildCase =>
  (net) => {
    const factors = sizes === null ? net.weightOf(scales) : null;
    return net.op(
      "Resize",
      [net.input([1, 2, 4, 5]), null, factors, sizes && net.ints(sizes)],
      attributes as Attributes,
    );
  };

const nearest = (coordinates: string, rounding = "round_prefer_floor") => ({
  ...{ mode: "nearest", coordinate_transformation_mode: coordinates, nearest_mode: rounding },
});
const linear = (coordinates: string) => ({ mode: "linear", coordinate_transformation_mode: coordinates });

export const RESIZING: LoweringCases = {
  "nearest, asymmetric, floor": resized(nearest("asymmetric", "floor"), [1, 1, 2, 2]),
  "nearest, half pixel": resized(nearest("half_pixel"), [1, 1, 2, 2]),
  "nearest, half pixel, odd": resized(nearest("half_pixel"), [1, 1, 1.6, 2.5]),
  "nearest, half pixel, smaller": resized(nearest("half_pixel"), [1, 1, 0.6, 0.5]),
  "nearest, asymmetric, ceil": resized(nearest("asymmetric", "ceil"), [1, 1, 2, 3]),
  "nearest, align corners": resized(nearest("align_corners"), [], [1, 2, 7, 9]),
  "nearest, to a size": resized(nearest("asymmetric", "floor"), [], [1, 2, 3, 11]),
  "nearest, channels": resized(nearest("asymmetric", "floor"), [1, 2, 1, 2]),
  "linear, half pixel": resized(linear("half_pixel"), [1, 1, 2, 2]),
  "linear, half pixel, to a size": resized(linear("half_pixel"), [], [1, 2, 3, 7]),
  "linear, PyTorch's half pixel": resized(linear("pytorch_half_pixel"), [1, 1, 3, 2]),
  "linear, align corners": resized(linear("align_corners"), [], [1, 2, 9, 3]),
  "linear, asymmetric": resized(linear("asymmetric"), [1, 1, 2, 2]),
};

const reduced =
  (opType: string, axes: readonly number[], keepdims: number, from = image): BuildCase =>
  (net) =>
    net.op(opType, [net.op("Abs", [from(net)])], { axes, keepdims });

const REDUCTION_OPS = ["Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp"];

export const REDUCTIONS: LoweringCases = Object.fromEntries(
  REDUCTION_OPS.flatMap((kind): [string, BuildCase][] => [
    [`Reduce${kind} of space`, reduced(`Reduce${kind}`, [2, 3], 1)],
    [`Reduce${kind} of channels, dropped`, reduced(`Reduce${kind}`, [1], 0)],
    [`Reduce${kind} of the last`, reduced(`Reduce${kind}`, [-1], 0, (net) => net.input([2, 3, 4]))],
  ]),
);

export const SUMS: LoweringCases = {
  "ReduceSum of rows": (net) => net.op("ReduceSum", [image(net), net.ints([2])], { keepdims: 0 }),
  "ReduceSum of all": (net) => net.op("ReduceSum", [image(net)], { keepdims: 0 }),
  "ReduceMean of all": (net) => net.op("ReduceMean", [image(net)]),
};

export const SOFTMAXES: LoweringCases = {
  "Softmax of the last": (net) => net.op("Softmax", [net.input([2, 3, 4])], { axis: -1 }),
  "Softmax of channels": (net) => net.op("Softmax", [image(net)], { axis: 1 }),
  "Softmax of rows": (net) => net.op("Softmax", [image(net)], { axis: 2 }),
  "Softmax of a vector": (net) => net.op("Softmax", [net.input([5])], { axis: 0 }),
  "LogSoftmax of the middle": (net) => net.op("LogSoftmax", [net.input([2, 3, 4])], { axis: 1 }),
};

/** Before opset 13: over all axes from one on, together. */
export const OLD_SOFTMAXES: LoweringCases = {
  "Softmax over several axes": (net) => net.op("Softmax", [image(net)], { axis: 1 }),
  "Softmax over one of them": (net) =>
    net.op("Softmax", [net.op("GlobalAveragePool", [image(net)])], { axis: 1 }),
  "LogSoftmax over the last": (net) => net.op("LogSoftmax", [net.input([2, 3, 4])], { axis: 2 }),
};
