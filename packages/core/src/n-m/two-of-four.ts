// 2:4 in its packed form: half of the values, and where each lay in two bits. docs/n-m-sparsity.md says it to the bit.
// The logical layout only: libraries reorder it for their kernels (CUTLASS `reorder_meta`), which is not done here.

import { EspalierError } from "@espalier/ir";

/** A matrix of 2:4, packed row by row. */
export interface PackedTwoOfFour {
  readonly rows: number;
  /** Of the dense matrix; a multiple of 4. */
  readonly columns: number;
  /** [rows, columns/2]: of every block of four the two that are kept, in their order. */
  readonly values: Float32Array;
  /** [rows, ⌈columns/16⌉]: four bits for a block, the first block lowest; index₀ | index₁ << 2. */
  readonly metadata: Uint16Array;
}

/**
 * Packs a row-major matrix. A block keeps exactly two places: those that are not zero; else −0; else the last free
 * ones, as PyTorch's conversion for CUTLASS chooses them, whose metadata before reordering are these to the bit.
 * A −0 in a block with two others becomes 0, so a masked product packs; every other bit comes back from
 * {@link unpackTwoOfFour}.
 *
 * Source: Mishra et al. 2021, §3, arXiv:2104.08378; PyTorch, torch/sparse/_semi_structured_conversions.py.
 *
 * @throws EspalierError `TENSOR_SIZE`; `PATTERN_UNFIT` for columns that are no blocks of four, or a block with three
 *   weights that are not zero
 */
export function packTwoOfFour(dense: Float32Array, rows: number, columns: number): PackedTwoOfFour {
  checkSizes(rows, columns);
  checkLength("dense values", dense.length, rows * columns);
  const words = Math.ceil(columns / BLOCKS_A_WORD / 4);
  const values = new Float32Array(dense.length / 2);
  const metadata = new Uint16Array(rows * words);
  // As integers: numbers would lose what a NaN carries.
  const [from, to] = [bitsOf(dense), bitsOf(values)];
  for (let block = 0; block < dense.length / 4; block++) {
    const [row, within] = [Math.floor((block * 4) / columns), block % (columns / 4)];
    const [first, second] = keptPlaces(from, block * 4, columns);
    to[block * 2] = from[block * 4 + first] as number;
    to[block * 2 + 1] = from[block * 4 + second] as number;
    const word = row * words + Math.floor(within / BLOCKS_A_WORD);
    metadata[word] = (metadata[word] as number) | ((first | (second << 2)) << ((within % BLOCKS_A_WORD) * 4));
  }
  return { rows, columns, values, metadata };
}

/**
 * The dense row-major matrix: values at their places, 0 elsewhere.
 *
 * @throws EspalierError `TENSOR_SIZE`, `PATTERN_UNFIT` for sizes that do not fit each other; `INVALID_PACKED` for
 *   indices that are not ascending and distinct, or padding that is not zero
 */
export function unpackTwoOfFour({ rows, columns, values, metadata }: PackedTwoOfFour): Float32Array {
  checkSizes(rows, columns);
  const words = Math.ceil(columns / BLOCKS_A_WORD / 4);
  checkLength("packed values", values.length, (rows * columns) / 2);
  checkLength("metadata", metadata.length, rows * words);
  const dense = new Float32Array(rows * columns);
  const [from, to] = [bitsOf(values), bitsOf(dense)];
  const blocks = columns / 4;
  for (let row = 0; row < rows; row++) {
    for (let within = 0; within < words * BLOCKS_A_WORD; within++) {
      const word = metadata[row * words + Math.floor(within / BLOCKS_A_WORD)] as number;
      const bits = (word >> ((within % BLOCKS_A_WORD) * 4)) & 0b1111;
      const [first, second] = [bits & 0b11, bits >> 2];
      const sane = within < blocks ? first < second : bits === 0;
      if (!sane) throw invalidBits(row, within, bits, within < blocks);
      if (within >= blocks) continue;
      const block = row * blocks + within;
      to[block * 4 + first] = from[block * 2] as number;
      to[block * 4 + second] = from[block * 2 + 1] as number;
    }
  }
  return dense;
}

const BLOCKS_A_WORD = 4;
const SIGN = 0x8000_0000;

/** The two places of a block that are stored. */
function keptPlaces(bits: Uint32Array, start: number, columns: number): [number, number] {
  const kept: number[] = [];
  for (let i = 0; i < 4; i++) if (((bits[start + i] as number) & ~SIGN) !== 0) kept.push(i);
  if (kept.length > 2) {
    throw new EspalierError("PATTERN_UNFIT", "A block is not 2:4", {
      where: `row ${Math.floor(start / columns)}, columns ${start % columns} to ${(start % columns) + 3}`,
      expected: "at most 2 weights that are not zero",
      found: String(kept.length),
      unblock: "Mask the weights first (blockLargest).",
    });
  }
  for (let i = 0; i < 4 && kept.length < 2; i++) if (bits[start + i] === SIGN) kept.push(i);
  for (let i = 3; kept.length < 2; i--) if (!kept.includes(i)) kept.push(i);
  const [a, b] = kept as [number, number];
  return a < b ? [a, b] : [b, a];
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function checkSizes(rows: number, columns: number): void {
  const whole = [rows, columns].every((size) => Number.isSafeInteger(size) && size >= 0);
  if (whole && columns % 4 === 0) return;
  throw new EspalierError("PATTERN_UNFIT", "The matrix does not consist of blocks of four", {
    expected: "rows ≥ 0, and columns a multiple of 4",
    found: `${rows} × ${columns}`,
  });
}

function checkLength(what: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new EspalierError("TENSOR_SIZE", `There are not as many ${what} as the matrix needs`, {
    expected: String(expected),
    found: String(found),
  });
}

function invalidBits(row: number, block: number, bits: number, used: boolean): EspalierError {
  return new EspalierError("INVALID_PACKED", used ? "Indices are not in order" : "Padding is not zero", {
    where: `row ${row}, block ${block}`,
    expected: used ? "two indices, the first below the second" : "0 behind the last block of a row",
    found: used ? `${bits & 0b11} and ${bits >> 2}` : String(bits),
  });
}
