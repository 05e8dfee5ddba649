// A tensor of integers with what they stand for: one scale, or one for each slice along an axis.

import { type ConstantElements, type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import type { TensorType } from "../schema/enums.js";

export function quantised(
  type: TensorType,
  shape: readonly number[],
  constant: ConstantElements | null,
  scale: Float32Array,
  zeroPoint: number,
  quantizedDimension: number,
  name: string,
): GraphTensor {
  const tensor = graphTensor(type, shape, constant, name);
  tensor.quantization = {
    scale,
    zeroPoint: new Array<number>(scale.length).fill(zeroPoint),
    min: new Float32Array(0),
    max: new Float32Array(0),
    quantizedDimension,
  };
  return tensor;
}
