// New elements for a tensor of weights.

import {
  DataType,
  type DataTypeCode,
  dataTypeName,
  EspalierError,
  numberToFloat16,
  rawTensor,
  type Tensor,
} from "@espalier/ir";

/** A tensor like another with other elements, rounded to its element type. @throws EspalierError `UNSUPPORTED` */
export function withValues(
  { dataType, dims, name }: Pick<Tensor, "dataType" | "dims" | "name">,
  values: ArrayLike<number>,
): Tensor {
  const encode = ENCODERS.get(dataType);
  if (encode === undefined) {
    throw new EspalierError("UNSUPPORTED", "Weights of this element type are not solved anew", {
      value: name,
      found: dataTypeName(dataType),
    });
  }
  const array = encode(values);
  return rawTensor(dataType, dims, new Uint8Array(array.buffer, array.byteOffset, array.byteLength), name);
}

/** Whether `withValues` can write this element type. */
export function isWritable(dataType: DataTypeCode | undefined): boolean {
  return dataType !== undefined && ENCODERS.has(dataType);
}

const ENCODERS: ReadonlyMap<DataTypeCode, (values: ArrayLike<number>) => ArrayBufferView> = new Map<
  DataTypeCode,
  (values: ArrayLike<number>) => ArrayBufferView
>([
  [DataType.FLOAT, (values) => Float32Array.from(values)],
  [DataType.DOUBLE, (values) => Float64Array.from(values)],
  [DataType.FLOAT16, (values) => Uint16Array.from(values, numberToFloat16)],
]);
