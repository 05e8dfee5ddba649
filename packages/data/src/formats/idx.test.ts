import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readIdx } from "./idx.js";
import { mnistSet } from "./mnist.js";

/** What the format says, written down independently. */
function idx(dims: readonly number[], values: ArrayLike<number>, magic = [0, 0, 8, dims.length]): Uint8Array {
  const header = dims.flatMap((dim) => [24, 16, 8, 0].map((shift) => Math.floor(dim / 2 ** shift) % 256));
  return Uint8Array.from([...magic, ...header, ...Array.from(values)]);
}

describe("readIdx", () => {
  it("gives back what was written", () => {
    const arrays = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }).chain((dims) => {
      const size = dims.reduce((a, b) => a * b, 1);
      return fc.record({
        dims: fc.constant(dims),
        values: fc.uint8Array({ minLength: size, maxLength: size }),
      });
    });
    fc.assert(
      fc.property(arrays, fc.nat(7), ({ dims, values }, offset) => {
        // a view into the middle of something larger
        const file = idx(dims, values);
        const room = new Uint8Array(file.length + offset + 3);
        room.set(file, offset);
        const read = readIdx(room.subarray(offset, offset + file.length), "a.idx");
        expect(read.dims).toEqual(dims);
        expect([...read.values]).toEqual([...values]);
      }),
    );
  });

  it("refuses every truncation and every extension", () => {
    const file = idx([2, 2, 3], new Array(12).fill(7));
    for (let length = 0; length < file.length; length++)
      expect(() => readIdx(file.subarray(0, length), "a")).toThrow(/TRUNCATED/);
    expect(() => readIdx(Uint8Array.from([...file, 0]), "a")).toThrow(/INVALID_DATA/);
  });

  it.each([
    ["gzip", [0x1f, 0x8b, 8, 0], /INVALID_DATA.*unpack it first/],
    ["floats", [0, 0, 0x0d, 1], /INVALID_DATA/],
    ["no dimensions", [0, 0, 8, 0], /INVALID_DATA/],
    ["255 dimensions", [0, 0, 8, 255], /INVALID_DATA/],
    ["a picture", [0x89, 0x50, 0x4e, 0x47], /INVALID_DATA/],
  ])("refuses %s", (_, magic, error) => {
    expect(() => readIdx(Uint8Array.from([...magic, 0, 0, 0, 1, 5]), "a")).toThrow(error);
  });

  it("believes no header: 2^32 − 1 cubed, and 2^40 items in a file of 16 bytes", () => {
    const most = 2 ** 32 - 1;
    expect(() => readIdx(idx([most, most, most], []), "a")).toThrow(/OVERFLOW/);
    expect(() => readIdx(idx([2 ** 20, 2 ** 20], []), "a")).toThrow(/TRUNCATED.*1099511627776/);
  });

  it("gives an array or a coded error for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const file = Uint8Array.from([0, 0, 8, ...bytes]);
        try {
          const { dims, values } = readIdx(file, "a");
          expect(values.length).toBe(dims.reduce((a, b) => a * b, 1));
        } catch (error) {
          expect(error).toMatchObject({ name: "EspalierError" });
        }
      }),
    );
  });
});

describe("mnistSet", () => {
  const images = idx([2, 2, 3], [0, 255, 51, 0, 0, 0, 1, 2, 3, 4, 5, 6]);

  it("reads values from 0 to 1", () => {
    const set = mnistSet({ name: "tiny", images, labels: idx([2], [9, 0]) });
    expect(set).toMatchObject({ count: 2, input: { type: "float32", shape: [1, 2, 3] }, labelShape: [] });
    expect([...set.labels]).toEqual([9, 0]);
    const into = new Float32Array(7).fill(-1);
    set.read(0, into, 1);
    expect([...into]).toEqual([-1, 0, 1, 0.2, 0, 0, 0].map(Math.fround));
    expect(() => set.read(2, into)).toThrow(RangeError);
  });

  it.each([
    ["a label that is no digit", idx([2], [9, 10]), /INVALID_DATA.*sample 1.*found 10/],
    ["fewer labels than images", idx([1], [3]), /INVALID_DATA/],
    ["labels of two dimensions", idx([2, 1], [3, 4]), /INVALID_DATA/],
  ])("refuses %s", (_, labels, error) => {
    expect(() => mnistSet({ name: "tiny", images, labels })).toThrow(error);
  });

  it("refuses sets without images, and images of another rank", () => {
    expect(() => mnistSet({ name: "a", images: idx([0, 28, 28], []), labels: idx([0], []) })).toThrow(
      /INVALID_DATA.*no samples/,
    );
    expect(() => mnistSet({ name: "a", images: idx([2, 0, 0], []), labels: idx([2], [1, 2]) })).toThrow(
      /INVALID_DATA.*0 × 0/,
    );
    expect(() => mnistSet({ name: "a", images: idx([2], [1, 2]), labels: idx([2], [1, 2]) })).toThrow(
      /INVALID_DATA.*3 dimensions/,
    );
  });
});
