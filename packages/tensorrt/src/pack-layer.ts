// A layer's weights in packed 2:4, as docs/n-m-sparsity.md describes it to the bit.

import { axisLast, type PackedTwoOfFour, type PatternAxis, packTwoOfFour } from "@espalier/core";

/**
 * Packs a weight of any rank along its pattern axis: [O, I, kH, kW] with axis 1 as a matrix of O·kH·kW rows.
 *
 * @throws EspalierError `TENSOR_SIZE`, `PATTERN_UNFIT`
 */
export function packLayer(values: Float32Array, where: PatternAxis): PackedTwoOfFour {
  const columns = where.dims[where.axis] ?? 0;
  const rows = columns === 0 ? 0 : values.length / columns;
  return packTwoOfFour(axisLast(values, where), rows, columns);
}
