// The tree of levels of a sparse tensor. What runtimes read differently is refused: TFLite looks up the size of a
// block by dimension and not by level (kernels/internal/utils/sparsity_format_converter.cc), and takes the block map
// to be ascending. So blocks are traversed in order, map to ascending dimensions and are dense.

import { checkedMultiply } from "@espalier/ir";
import { refusal } from "../location.js";
import type { DimensionMetadata, SparsityParameters, TfliteTensor } from "../model.js";
import { verifyIndex } from "./verify-index.js";

/**
 * Number of elements that the buffer holds.
 * @throws EspalierError `MALFORMED`, `AMBIGUOUS`, `INDEX_RANGE`, `OVERFLOW`
 */
export function verifySparsity(
  { shape }: TfliteTensor,
  { traversalOrder, blockMap, dimMetadata }: SparsityParameters,
  where: string,
): number {
  const rank = shape.length;
  const levels = rank + blockMap.length;
  if (traversalOrder.length !== levels)
    throw refusal(
      "MALFORMED",
      "There are not as many levels as dimensions and blocks",
      `${where}.traversalOrder`,
      String(levels),
      String(traversalOrder.length),
    );
  if (dimMetadata.length !== levels)
    throw refusal(
      "MALFORMED",
      "There are not as many descriptions as levels",
      `${where}.dimMetadata`,
      String(levels),
      String(dimMetadata.length),
    );
  verifyOrder(traversalOrder, rank, `${where}.traversalOrder`);
  const sizes = verifyBlocks(shape, blockMap, dimMetadata, where);
  let nodes = 1;
  for (const [level, metadata] of dimMetadata.entries()) {
    const size = sizes[traversalOrder[level] as number] as number;
    nodes = verifyLevel(metadata, nodes, size, `${where}.dimMetadata[${level}]`);
  }
  return nodes;
}

/** The tensor's dimensions in any order, then those of the block in theirs. */
function verifyOrder(order: readonly number[], rank: number, where: string): void {
  const seen = new Set<number>();
  for (const [level, dimension] of order.entries()) {
    verifyIndex(dimension, order.length, "dimension", `${where}[${level}]`);
    if (seen.has(dimension))
      throw refusal(
        "MALFORMED",
        "A dimension is traversed twice",
        `${where}[${level}]`,
        "another",
        String(dimension),
      );
    seen.add(dimension);
    if ((level >= rank || dimension >= rank) && dimension !== level)
      throw refusal(
        "AMBIGUOUS",
        "The dimensions of a block are traversed out of order",
        `${where}[${level}]`,
        level >= rank ? String(level) : `a dimension below ${rank}`,
        String(dimension),
      );
  }
}

/** Places along each dimension of the tensor, counted in blocks, and then along those of the block. */
function verifyBlocks(
  shape: readonly number[],
  blockMap: readonly number[],
  dimMetadata: readonly DimensionMetadata[],
  where: string,
): number[] {
  const rank = shape.length;
  const sizes = [...shape];
  for (const [i, dimension] of blockMap.entries()) {
    verifyIndex(dimension, rank, "dimension", `${where}.blockMap[${i}]`);
    if (i > 0 && dimension <= (blockMap[i - 1] as number))
      throw refusal(
        "AMBIGUOUS",
        "The block map is not ascending",
        `${where}.blockMap[${i}]`,
        `above ${blockMap[i - 1]}`,
        String(dimension),
      );
    const { format, denseSize } = dimMetadata[rank + i] as DimensionMetadata;
    const size = shape[dimension] as number;
    if (format !== "DENSE" || denseSize < 1 || size % denseSize !== 0)
      throw refusal(
        "MALFORMED",
        "A block does not divide its dimension",
        `${where}.dimMetadata[${rank + i}]`,
        `a dense size that divides ${size}`,
        format === "DENSE" ? String(denseSize) : "a sparse level",
      );
    sizes[dimension] = size / denseSize;
    sizes[rank + i] = denseSize;
  }
  return sizes;
}

/** Nodes below `nodes` nodes of the level above. */
function verifyLevel(metadata: DimensionMetadata, nodes: number, size: number, where: string): number {
  const { format, denseSize, arraySegments, arrayIndices } = metadata;
  const isDense = format === "DENSE";
  if (isDense ? arraySegments !== null || arrayIndices !== null : denseSize !== 0)
    throw refusal(
      "AMBIGUOUS",
      "A level is described as dense and as sparse",
      where,
      isDense ? "no segments and no indices" : "a dense size of 0",
      isDense ? "some" : String(denseSize),
    );
  if (isDense) {
    if (denseSize !== size)
      throw refusal(
        "MALFORMED",
        "A dense level has another size than its dimension",
        `${where}.denseSize`,
        String(size),
        String(denseSize),
      );
    return checkedMultiply(nodes, size, where);
  }
  if (arraySegments === null || arrayIndices === null)
    throw refusal("MALFORMED", "A sparse level lists no places", where, "segments and indices", "not both");
  verifySegments(arraySegments.values, arrayIndices.values, nodes, size, where);
  return arrayIndices.values.length;
}

function verifySegments(
  segments: ArrayLike<number>,
  indices: ArrayLike<number>,
  nodes: number,
  size: number,
  where: string,
): void {
  if (segments.length !== nodes + 1)
    throw refusal(
      "MALFORMED",
      "There are not as many segments as nodes of the level above",
      `${where}.arraySegments`,
      String(nodes + 1),
      String(segments.length),
    );
  if (segments[0] !== 0 || segments[nodes] !== indices.length)
    throw refusal(
      "MALFORMED",
      "The segments do not cover the indices",
      `${where}.arraySegments`,
      `0 to ${indices.length}`,
      `${segments[0]} to ${segments[nodes]}`,
    );
  for (let node = 0; node < nodes; node++) {
    const begin = segments[node] as number;
    const end = segments[node + 1] as number;
    if (end < begin || end > indices.length)
      throw refusal(
        "MALFORMED",
        "Segments do not follow each other",
        `${where}.arraySegments`,
        `${begin} to ${indices.length}`,
        String(end),
      );
    for (let i = begin; i < end; i++) {
      const index = indices[i] as number;
      verifyIndex(index, size, "place", `${where}.arrayIndices`);
      if (i > begin && index <= (indices[i - 1] as number))
        throw refusal(
          "MALFORMED",
          "The indices of a segment do not ascend",
          `${where}.arrayIndices`,
          `above ${indices[i - 1]}`,
          String(index),
        );
    }
  }
}
