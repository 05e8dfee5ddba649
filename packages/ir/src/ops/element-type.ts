// Element types given by attributes.

import { DataType, type DataTypeCode } from "../data-type.js";

/** By name, as Cast had it before opset 6 ("FLOAT"). */
export function elementTypeNamed(name: string): DataTypeCode | null {
  return Object.entries(DataType).find(([key]) => key === name.toUpperCase())?.[1] ?? null;
}
