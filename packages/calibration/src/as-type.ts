// Numbers of one element type as another: floats become each other, all else must fit as it is.

import type { RuntimeTensor } from "@espalier/core";
import { elementTypeOfCode } from "@espalier/core/engine";
import { DataType, EspalierError, numberToFloat16, quoteName, rawTensor, readFloats } from "@espalier/ir";

const FLOATS: readonly number[] = [DataType.FLOAT, DataType.FLOAT16, DataType.DOUBLE];

/** Elements as they lie in a file, as a tensor of `wanted`. @throws EspalierError `INVALID_OPTION`, `TENSOR_SIZE` */
export function tensorOf(
  found: { readonly dataType: number; readonly dims: readonly number[]; readonly bytes: Uint8Array },
  wanted: number,
  name: string,
): RuntimeTensor {
  const { dataType, dims } = found;
  const tensor = rawTensor(dataType, dims, found.bytes, name);
  if (dataType !== wanted) {
    if (!FLOATS.includes(wanted) || !FLOATS.includes(dataType)) throw unlike(name, wanted, dataType);
    return asFloats({ dataType: DataType.FLOAT, dims, data: readFloats(tensor) }, wanted);
  }
  const array = elementTypeOfCode(dataType)?.array;
  if (array == null) throw unlike(name, wanted, dataType);
  return { dataType, dims, data: new array(found.bytes.slice().buffer) };
}

/** A float32 tensor in another float type. */
export function asFloats({ dims, data }: RuntimeTensor, wanted: number): RuntimeTensor {
  const values = data as Float32Array;
  if (wanted === DataType.FLOAT16)
    return { dataType: wanted, dims, data: Uint16Array.from(values, numberToFloat16) };
  if (wanted === DataType.DOUBLE) return { dataType: wanted, dims, data: Float64Array.from(values) };
  if (wanted === DataType.FLOAT) return { dataType: wanted, dims, data: values };
  throw unlike("image", wanted, DataType.FLOAT);
}

function unlike(name: string, wanted: number, found: number): EspalierError {
  const typeName = (code: number): string => elementTypeOfCode(code)?.name ?? `type ${code}`;
  return new EspalierError("INVALID_OPTION", "Calibration data is of another element type", {
    where: quoteName(name),
    expected: typeName(wanted),
    found: typeName(found),
  });
}
