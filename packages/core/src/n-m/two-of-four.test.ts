import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PackedTwoOfFour, packTwoOfFour, unpackTwoOfFour } from "./two-of-four.js";

const bits = (values: Float32Array): number[] => [
  ...new Uint32Array(values.buffer, values.byteOffset, values.length),
];
const coded = (code: string) => expect.objectContaining({ code });

/** Rows × columns whose blocks have any bits (NaN, −0, infinities, subnormals among them) at two places, else 0. */
const matrices = fc
  .record({ rows: fc.integer({ min: 0, max: 4 }), blocks: fc.integer({ min: 0, max: 9 }) })
  .chain(({ rows, blocks }) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(blocks * 4),
      dense: fc
        .array(
          fc.record({
            places: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 2, maxLength: 2 }),
            words: fc.tuple(anyBits(), anyBits()),
          }),
          { minLength: rows * blocks, maxLength: rows * blocks },
        )
        .map((all) => {
          const words = new Uint32Array(all.length * 4);
          for (const [block, { places, words: two }] of all.entries())
            for (const [i, place] of places.entries()) words[block * 4 + place] = two[i] as number;
          return new Float32Array(words.buffer);
        }),
    }),
  );

function anyBits() {
  return fc.oneof(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    // 0, −0, ∞, −∞, quiet and signalling NaN with payloads, the smallest subnormal.
    fc.constantFrom(0, 0x8000_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_1234, 0x7f80_0001, 0xffbf_ffff, 1),
  );
}

describe("packed 2:4", () => {
  it("holds two values of four and where they lay, the first block in the lowest bits", () => {
    const dense = Float32Array.of(...[1, 2, 0, 0], ...[3, 0, 4, 0], ...[0, 5, 6, 0], ...[7, 0, 0, 8]);
    const { values, metadata } = packTwoOfFour(dense, 1, 16);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...metadata]).toEqual([0b1100_1001_1000_0100]);
  });

  it("begins a word with every row", () => {
    const { metadata } = packTwoOfFour(Float32Array.of(...[0, 1, 0, 2], ...[0, 0, 3, 4]), 2, 4);
    expect([...metadata]).toEqual([0b1101, 0b1110]);
  });

  // What torch.sparse writes for a block with fewer than two weights: the table in _semi_structured_conversions.py.
  it.each([
    ["0000", 0b1110],
    ["0001", 0b1110],
    ["0010", 0b1110],
    ["0100", 0b1101],
    ["1000", 0b1100],
  ])("fills %s up from the end", (block, expected) => {
    const { metadata } = packTwoOfFour(Float32Array.from([...block].map(Number)), 1, 4);
    expect(metadata[0]).toBe(expected);
  });

  it("keeps −0 where there is room, and takes it for 0 where there is none", () => {
    const [room, none] = [Float32Array.of(-0, 1, 0, 0), Float32Array.of(-0, 1, 2, -0)];
    expect(bits(unpackTwoOfFour(packTwoOfFour(room, 1, 4)))).toEqual(bits(room));
    expect(bits(unpackTwoOfFour(packTwoOfFour(none, 1, 4)))).toEqual(bits(Float32Array.of(0, 1, 2, 0)));
  });

  it("comes back to the bit", () => {
    fc.assert(
      fc.property(matrices, ({ dense, rows, columns }) => {
        const packed = packTwoOfFour(dense, rows, columns);
        expect(packed.values).toHaveLength((rows * columns) / 2);
        expect(packed.metadata).toHaveLength(rows * Math.ceil(columns / 16));
        expect(bits(unpackTwoOfFour(packed))).toEqual(bits(dense));
      }),
      { numRuns: 300 },
    );
  });

  it("is packed again from what it unpacks to: one form for each matrix", () => {
    fc.assert(
      fc.property(matrices, ({ dense, rows, columns }) => {
        const packed = packTwoOfFour(dense, rows, columns);
        const again = packTwoOfFour(unpackTwoOfFour(packed), rows, columns);
        expect(again.metadata).toEqual(packed.metadata);
        expect(bits(again.values)).toEqual(bits(packed.values));
      }),
    );
  });

  it("takes weights that lie within a larger buffer", () => {
    const part = Float32Array.of(9, 9, 0, 1, 2, 0).subarray(2);
    const { values, metadata } = packTwoOfFour(part, 1, 4);
    expect([[...values], [...metadata]]).toEqual([[1, 2], [0b1001]]);
  });

  it("refuses a block with three weights and a matrix that does not consist of blocks", () => {
    expect(() => packTwoOfFour(Float32Array.of(0, 0, 0, 0, 1, 2, 3, 0), 1, 8)).toThrow(
      /PATTERN_UNFIT.*row 0, columns 4 to 7/,
    );
    expect(() => packTwoOfFour(new Float32Array(6), 1, 6)).toThrow(coded("PATTERN_UNFIT"));
    expect(() => packTwoOfFour(new Float32Array(8), 1, 4)).toThrow(coded("TENSOR_SIZE"));
    expect(() => packTwoOfFour(new Float32Array(4), -1, -4)).toThrow(coded("PATTERN_UNFIT"));
  });
});

describe("unpacking", () => {
  const packed: PackedTwoOfFour = packTwoOfFour(Float32Array.of(1, 2, 0, 0, 0, 0, 3, 4), 1, 8);
  const withBits = (word: number): PackedTwoOfFour => ({ ...packed, metadata: Uint16Array.of(word) });

  it("refuses values and metadata of another length", () => {
    expect(() => unpackTwoOfFour({ ...packed, values: new Float32Array(3) })).toThrow(coded("TENSOR_SIZE"));
    expect(() => unpackTwoOfFour({ ...packed, metadata: new Uint16Array(2) })).toThrow(coded("TENSOR_SIZE"));
    expect(() => unpackTwoOfFour({ ...packed, columns: 6 })).toThrow(coded("PATTERN_UNFIT"));
    expect(() => unpackTwoOfFour({ ...packed, rows: 0.5 })).toThrow(coded("PATTERN_UNFIT"));
  });

  it("takes the six pairs of ascending indices and refuses the other ten, in any block", () => {
    for (let pair = 0; pair < 16; pair++) {
      for (const word of [pair | 0b1110_0000, 0b1110 | (pair << 4)]) {
        const unpack = () => unpackTwoOfFour(withBits(word));
        if ((pair & 3) < pair >> 2) expect(unpack()).toHaveLength(8);
        else expect(unpack).toThrow(coded("INVALID_PACKED"));
      }
    }
  });

  it("refuses bits behind the last block of a row", () => {
    for (let bit = 8; bit < 16; bit++)
      expect(() => unpackTwoOfFour(withBits(0b1110_0100 | (1 << bit)))).toThrow(coded("INVALID_PACKED"));
  });
});
