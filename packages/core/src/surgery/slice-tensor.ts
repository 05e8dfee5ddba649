// Keeps the named positions along the axes of a tensor. Works on raw bytes, so for every element type of
// known width, also types two or four to the byte.

import {
  bitsPerElement,
  checkedProduct,
  dataTypeName,
  EspalierError,
  rawTensor,
  type Tensor,
} from "@espalier/ir";

/** Positions to keep along one axis, in the order in which they are to lie; null keeps all as they are. */
export type Kept = readonly number[] | null;

/**
 * The sub-tensor with `kept[a]` positions along axis a. Always new bytes; the name stays.
 * @throws EspalierError `UNSUPPORTED` for element types of unknown width
 */
export function sliceTensor(tensor: Tensor, kept: readonly Kept[]): Tensor {
  const bits = bitsPerElement(tensor.dataType);
  if (bits === null) {
    throw new EspalierError("UNSUPPORTED", "A tensor of this element type cannot be sliced", {
      value: tensor.name,
      found: dataTypeName(tensor.dataType),
    });
  }
  const dims = tensor.dims.map((dim, axis) => kept[axis]?.length ?? dim);
  const source = tensor.bytes();
  const bytes =
    bits >= 8
      ? sliceBytes(source, tensor.dims, kept, bits / 8)
      : slicePacked(source, tensor.dims, kept, bits);
  return rawTensor(tensor.dataType, dims, bytes, tensor.name);
}

/** Copies runs as long as possible: everything inside the innermost sliced axis is one run. */
function sliceBytes(
  source: Uint8Array,
  dims: readonly number[],
  kept: readonly Kept[],
  width: number,
): Uint8Array {
  const innermost = dims.findLastIndex((_, axis) => kept[axis] != null);
  if (innermost < 0) return source.slice();
  const run = checkedProduct(dims.slice(innermost + 1), "tensor bytes") * width;
  const outer = dims.slice(0, innermost + 1);
  const out = new Uint8Array(outer.reduce((size, dim, axis) => size * (kept[axis]?.length ?? dim), run));
  let at = 0;
  forEachOffset(outer, kept, (offset, axisRuns) => {
    for (const [start, count] of axisRuns) {
      const from = (offset + start) * run;
      out.set(source.subarray(from, from + count * run), at);
      at += count * run;
    }
  });
  return out;
}

/** Visits every kept combination of the leading axes with the runs of consecutive kept positions of the last. */
function forEachOffset(
  dims: readonly number[],
  kept: readonly Kept[],
  visit: (offset: number, runs: readonly (readonly [number, number])[]) => void,
): void {
  const last = dims.length - 1;
  const runs = consecutive(kept[last] ?? null, dims[last] as number);
  const walk = (axis: number, offset: number): void => {
    if (axis === last) {
      visit(offset * (dims[axis] as number), runs);
      return;
    }
    const size = dims[axis] as number;
    const positions = kept[axis];
    if (positions == null) for (let p = 0; p < size; p++) walk(axis + 1, offset * size + p);
    else for (const p of positions) walk(axis + 1, offset * size + p);
  };
  walk(0, 0);
}

function consecutive(kept: Kept, size: number): (readonly [number, number])[] {
  if (kept === null) return [[0, size]];
  const runs: [number, number][] = [];
  for (const position of kept) {
    const run = runs.at(-1);
    if (run !== undefined && run[0] + run[1] === position) run[1]++;
    else runs.push([position, 1]);
  }
  return runs;
}

/** Sub-byte elements: element i lies in byte ⌊i·bits/8⌋, lower bits first. */
function slicePacked(
  source: Uint8Array,
  dims: readonly number[],
  kept: readonly Kept[],
  bits: number,
): Uint8Array {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const count = dims.reduce((size, dim, axis) => size * (kept[axis]?.length ?? dim), 1);
  const out = new Uint8Array(Math.ceil(count / perByte));
  let at = 0;
  const put = (index: number): void => {
    const element = ((source[Math.floor(index / perByte)] as number) >> ((index % perByte) * bits)) & mask;
    const byte = Math.floor(at / perByte);
    out[byte] = (out[byte] as number) | (element << ((at % perByte) * bits));
    at++;
  };
  if (dims.length === 0) put(0);
  else {
    forEachOffset(dims, kept, (offset, runs) => {
      for (const [start, length] of runs) for (let i = 0; i < length; i++) put(offset + start + i);
    });
  }
  return out;
}
