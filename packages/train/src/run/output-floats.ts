// The floats of a tensor at the border of the runtime, whatever their width.

import type { RuntimeTensor } from "@espalier/core";
import { bfloat16ToNumber, DataType, dataTypeName, EspalierError, float16ToNumber } from "@espalier/ir";

/** @throws EspalierError `INVALID_BATCH` for another type: integers of a quantised network are no logits */
export function floatsOf({ dataType, data }: RuntimeTensor, what: string): Float32Array | Float64Array {
  switch (dataType) {
    case DataType.FLOAT:
      return data as Float32Array;
    case DataType.DOUBLE:
      return data as Float64Array;
    case DataType.FLOAT16:
      return Float32Array.from(data as Uint16Array, float16ToNumber);
    case DataType.BFLOAT16:
      return Float32Array.from(data as Uint16Array, bfloat16ToNumber);
    default:
      throw new EspalierError("INVALID_BATCH", "What the network gives cannot be compared", {
        value: what,
        expected: "floats",
        found: dataTypeName(dataType),
      });
  }
}
