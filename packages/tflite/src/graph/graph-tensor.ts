// A tensor of a TFLite graph that is being made: object references instead of indices, constants with their elements.

import { readFloats, readIntegers, type Tensor } from "@espalier/ir";
import type { QuantizationParameters, SparsityParameters } from "../model.js";
import type { TensorType } from "../schema/enums.js";

/** Elements of a constant, row-major as they lie. Float16 as bits; booleans as bytes. */
export type ConstantElements = Float32Array | Int32Array | Uint8Array | Int8Array | Int16Array | Uint16Array;

export interface GraphTensor {
  name: string;
  type: TensorType;
  /** As it lies in memory. */
  readonly shape: readonly number[];
  /** null for all that is computed or fed. */
  readonly constant: ConstantElements | null;
  quantization: QuantizationParameters | null;
  sparsity: SparsityParameters | null;
}

export function graphTensor(
  type: TensorType,
  shape: readonly number[],
  constant: ConstantElements | null = null,
  name = "",
): GraphTensor {
  return { name, type, shape, constant, quantization: null, sparsity: null };
}

export function floatConstant(shape: readonly number[], elements: ArrayLike<number>): GraphTensor {
  return graphTensor("FLOAT32", shape, Float32Array.from(elements));
}

export function intConstant(shape: readonly number[], elements: ArrayLike<number>): GraphTensor {
  return graphTensor("INT32", shape, Int32Array.from(elements));
}

/** Elements in an array for tensors of a type; null for types that constants do not have here. */
export function elementsFor(type: TensorType, elements: ArrayLike<number>): ConstantElements | null {
  switch (type) {
    case "FLOAT32":
      return Float32Array.from(elements);
    case "INT32":
      return Int32Array.from(elements);
    case "INT16":
      return Int16Array.from(elements);
    case "INT8":
      return Int8Array.from(elements);
    case "UINT8":
    case "BOOL":
      return Uint8Array.from(elements);
    default:
      return null;
  }
}

/** Elements of an ONNX tensor as numbers. */
export function numbersOfTensor(tensor: Tensor, floating: boolean): ArrayLike<number> {
  return floating ? readFloats(tensor) : readIntegers(tensor);
}
