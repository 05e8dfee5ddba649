// Slicing against a naive slicer that reads element by element, for every width an element can have.

import { bitsPerElement, DataType, isEspalierError, rawByteLength, rawTensor, Tensor } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Kept, sliceTensor } from "./slice-tensor.js";

/** One type for every width there is: 128, 64, 32, 16, 8, 4 and 2 bits. */
const TYPES = [
  DataType.COMPLEX128,
  DataType.DOUBLE,
  DataType.FLOAT,
  DataType.FLOAT16,
  DataType.BOOL,
  DataType.INT4,
  DataType.UINT2,
];

/** Element `i` as bits, by the definition of the packed format: lower bits first. */
function elementAt(bytes: Uint8Array, bits: number, i: number): string {
  if (bits >= 8) return [...bytes.subarray((i * bits) / 8, ((i + 1) * bits) / 8)].join();
  const perByte = 8 / bits;
  return String(
    Math.floor((bytes[Math.floor(i / perByte)] as number) / 2 ** (bits * (i % perByte))) % 2 ** bits,
  );
}

/** All elements of the sub-tensor, by nested loops over every index. */
function naive(bytes: Uint8Array, bits: number, dims: readonly number[], kept: readonly Kept[]): string[] {
  const out: string[] = [];
  const walk = (axis: number, index: number): void => {
    if (axis === dims.length) {
      out.push(elementAt(bytes, bits, index));
      return;
    }
    for (let p = 0; p < (dims[axis] as number); p++)
      if (kept[axis] == null || (kept[axis] as readonly number[]).includes(p))
        walk(axis + 1, index * (dims[axis] as number) + p);
  };
  walk(0, 0);
  return out;
}

const CASES = fc.array(fc.nat(5), { maxLength: 4 }).chain((dims) =>
  fc.record({
    dataType: fc.constantFrom(...TYPES),
    dims: fc.constant(dims),
    kept: fc.tuple(
      ...dims.map((dim) =>
        fc.oneof(fc.constant(null), fc.subarray(Array.from({ length: dim }, (_, p) => p))),
      ),
    ) as fc.Arbitrary<Kept[]>,
    noise: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  }),
);

describe("sliceTensor", () => {
  it("keeps what nested loops keep, for all element widths, empty and scalar tensors included", () => {
    fc.assert(
      fc.property(CASES, ({ dataType, dims, kept, noise }) => {
        const bits = bitsPerElement(dataType) as number;
        const bytes = new Uint8Array(rawByteLength(dataType, dims) as number);
        let state = noise;
        for (let i = 0; i < bytes.length; i++) {
          state = (Math.imul(state, 1103515245) + 12345) | 0;
          bytes[i] = state >>> 16;
        }
        const before = bytes.slice();
        const sliced = sliceTensor(rawTensor(dataType, dims, bytes, "w"), kept);
        const size = sliced.dims.reduce((a, b) => a * b, 1);
        const found = Array.from({ length: size }, (_, i) => elementAt(sliced.bytes(), bits, i));
        expect(found).toEqual(naive(bytes, bits, dims, kept));
        expect(sliced.dims).toEqual(dims.map((dim, axis) => kept[axis]?.length ?? dim));
        expect(sliced.bytes().byteLength).toBe(rawByteLength(dataType, sliced.dims));
        expect(sliced).toMatchObject({ dataType, name: "w" });
        expect(bytes).toEqual(before);
      }),
      { numRuns: 1500, seed: 11 },
    );
  });

  it("keeps a literal matrix's second row and outer columns", () => {
    const matrix = rawTensor(DataType.UINT8, [3, 3], Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    expect([...sliceTensor(matrix, [[1], [0, 2]]).bytes()]).toEqual([4, 6]);
    expect([...sliceTensor(matrix, [null, [1]]).bytes()]).toEqual([2, 5, 8]);
  });

  it("re-packs 4-bit elements: nibbles 1 2 3 | 4 5 6 without the middle column are 1 3 4 6", () => {
    const matrix = rawTensor(DataType.UINT4, [2, 3], Uint8Array.of(0x21, 0x43, 0x65));
    expect([...sliceTensor(matrix, [null, [0, 2]]).bytes()]).toEqual([0x31, 0x64]);
  });

  it("gives new bytes even when everything stays", () => {
    const bytes = Uint8Array.of(1, 2);
    const copy = sliceTensor(rawTensor(DataType.UINT8, [2], bytes), [null]).bytes();
    expect(copy).toEqual(bytes);
    expect(copy.buffer).not.toBe(bytes.buffer);
  });

  it("reads an unaligned view on a file", () => {
    const file = new Uint8Array(13);
    new DataView(file.buffer).setFloat32(9, 2.5, true);
    const tensor = rawTensor(DataType.FLOAT, [3], file.subarray(1));
    const sliced = sliceTensor(tensor, [[2]]).bytes();
    expect(new DataView(sliced.buffer, sliced.byteOffset).getFloat32(0, true)).toBe(2.5);
  });

  it("refuses element types of unknown width by name", () => {
    const strings = new Tensor({
      dataType: DataType.STRING,
      dims: [2],
      storage: { kind: "strings", strings: [] },
    });
    try {
      sliceTensor(strings, [[0]]);
      expect.unreachable();
    } catch (error) {
      if (!isEspalierError(error, "UNSUPPORTED")) throw error;
      expect(error.context.found).toBe("string");
    }
  });
});
