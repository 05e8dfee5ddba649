// Scales and zero points: none, one of each, or one for each slice along a dimension.

import { refusal } from "../location.js";
import type { QuantizationParameters, TfliteTensor } from "../model.js";
import { quantizedRange } from "../schema/tensor-type.js";

/** @throws EspalierError `MALFORMED`, `NONFINITE`, `INDEX_RANGE` */
export function verifyQuantization(
  { type, shape }: TfliteTensor,
  { scale, zeroPoint, min, max, quantizedDimension }: QuantizationParameters,
  where: string,
): void {
  if (min.length !== max.length)
    throw refusal(
      "MALFORMED",
      "A range has not as many upper as lower bounds",
      `${where}.max`,
      String(min.length),
      String(max.length),
    );
  if (scale.length !== zeroPoint.length)
    throw refusal(
      "MALFORMED",
      "There are not as many zero points as scales",
      `${where}.zeroPoint`,
      String(scale.length),
      String(zeroPoint.length),
    );
  if (scale.length > 1) {
    const slices = shape[quantizedDimension];
    if (slices === undefined)
      throw refusal(
        "INDEX_RANGE",
        "An index points to no dimension",
        `${where}.quantizedDimension`,
        `0 to ${shape.length - 1}`,
        String(quantizedDimension),
      );
    if (slices !== scale.length)
      throw refusal(
        "MALFORMED",
        "There are not as many scales as slices along the quantised dimension",
        `${where}.scale`,
        `1 or ${slices}`,
        String(scale.length),
      );
  }
  for (const [i, value] of scale.entries()) {
    if (!Number.isFinite(value))
      throw refusal(
        "NONFINITE",
        "A scale is not finite",
        `${where}.scale[${i}]`,
        "a finite number",
        String(value),
      );
    // 0 is what some converters write for slices that are all zero.
    if (value < 0)
      throw refusal("MALFORMED", "A scale is negative", `${where}.scale[${i}]`, "at least 0", String(value));
  }
  const range = quantizedRange(type);
  if (range === null) return;
  for (const [i, value] of zeroPoint.entries())
    if (value < range[0] || value > range[1])
      throw refusal(
        "MALFORMED",
        `A zero point is no ${type}`,
        `${where}.zeroPoint[${i}]`,
        `${range[0]} to ${range[1]}`,
        String(value),
      );
}
