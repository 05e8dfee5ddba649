// Tensors between ONNX's order and types and the file's, by what the interface says.

import { bfloat16ToNumber, DataType, type DataTypeCode, EspalierError, float16ToNumber } from "@espalier/ir";
import { transposed } from "../graph/rearrange.js";
import { isOnnxOrder, transposition } from "../layout/layout.js";
import type { TensorType } from "../schema/enums.js";
import type { TensorInterface } from "./io.js";

type Elements =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor at the border of a runtime, as core's RuntimeTensor; float16 as bits. */
export interface BorderTensor {
  readonly dataType: DataTypeCode;
  readonly dims: readonly number[];
  readonly data: Elements | readonly string[];
}

interface FileTensor {
  readonly dataType: DataTypeCode;
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | Int16Array | Int8Array | Uint8Array;
}

/**
 * What ONNX calls this input, as the file takes it: axes permuted, 64-bit integers in 32, all floats in float32.
 * @throws EspalierError `SHAPE_MISMATCH`; `UNSUPPORTED` for strings; `OVERFLOW` for an integer beyond 32 bits
 */
export function toFileOrder(port: TensorInterface, tensor: BorderTensor): FileTensor {
  if (tensor.dims.join() !== port.onnxShape.join())
    throw new EspalierError("SHAPE_MISMATCH", "An input has another shape than the file was made for", {
      value: port.name,
      expected: `[${port.onnxShape.join(", ")}]`,
      found: `[${tensor.dims.join(", ")}]`,
    });
  const type = FILE_TYPES[port.type];
  if (type === undefined) throw unsupported(port.name, port.type);
  const numbers = numbersOf(port.name, tensor);
  if (port.type === "INT32") requireInt32(port.name, numbers);
  const data = moved(type.from(numbers), port.onnxShape, port.permutation);
  return { dataType: type.dataType, dims: port.shape, data };
}

/** What the file gives for this output, in ONNX's order. Integers stay in the file's type. */
export function toOnnxOrder(port: TensorInterface, tensor: BorderTensor): FileTensor {
  const type = FILE_TYPES[port.type];
  if (type === undefined) throw unsupported(port.name, port.type);
  const back = transposition(
    port.permutation,
    [...port.permutation].sort((a, b) => a - b),
  );
  const data = moved(type.from(numbersOf(port.name, tensor)), port.shape, back);
  return { dataType: type.dataType, dims: port.onnxShape, data };
}

const FILE_TYPES: Partial<
  Record<TensorType, { readonly dataType: DataTypeCode; from(numbers: Float64Array): FileTensor["data"] }>
> = {
  FLOAT32: { dataType: DataType.FLOAT, from: (numbers) => Float32Array.from(numbers) },
  INT32: { dataType: DataType.INT32, from: (numbers) => Int32Array.from(numbers) },
  INT16: { dataType: DataType.INT16, from: (numbers) => Int16Array.from(numbers) },
  INT8: { dataType: DataType.INT8, from: (numbers) => Int8Array.from(numbers) },
  UINT8: { dataType: DataType.UINT8, from: (numbers) => Uint8Array.from(numbers) },
  BOOL: { dataType: DataType.BOOL, from: (numbers) => Uint8Array.from(numbers) },
};

function numbersOf(name: string, { dataType, data }: BorderTensor): Float64Array {
  if (!ArrayBuffer.isView(data)) throw unsupported(name, "strings");
  if (dataType === DataType.FLOAT16) return Float64Array.from(data as Uint16Array, float16ToNumber);
  if (dataType === DataType.BFLOAT16) return Float64Array.from(data as Uint16Array, bfloat16ToNumber);
  return Float64Array.from(data as ArrayLike<number>, Number);
}

function moved(
  elements: FileTensor["data"],
  shape: readonly number[],
  perm: readonly number[],
): FileTensor["data"] {
  return isOnnxOrder(perm) ? elements : (transposed(elements, shape, perm) as FileTensor["data"]);
}

function requireInt32(name: string, numbers: Float64Array): void {
  const far = numbers.find((value) => value < -(2 ** 31) || value >= 2 ** 31);
  if (far === undefined) return;
  throw new EspalierError("OVERFLOW", "An input does not fit into the file's 32 bits", {
    value: name,
    expected: "less than 2^31",
    found: String(far),
  });
}

function unsupported(value: string, found: string): EspalierError {
  return new EspalierError("UNSUPPORTED", "Tensors of this type are not taken at the border", {
    value,
    found,
  });
}
