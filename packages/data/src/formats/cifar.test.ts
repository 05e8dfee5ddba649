import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleImage } from "../set/sample-image.js";
import { cifar10Set, readCifarRecords } from "./cifar.js";

const RECORD = 3073;

function record(label: number, pixel: (at: number) => number): number[] {
  return [label, ...Array.from({ length: RECORD - 1 }, (_, at) => pixel(at) & 255)];
}

describe("CIFAR-10 records", () => {
  it("come back as they were written, over several files", () => {
    const labels = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(labels, { minLength: 1, maxLength: 3 }), fc.nat(250), (files, base) => {
        const bytes = files.map((list, f) =>
          Uint8Array.from(list.flatMap((label) => record(label, (at) => base + f + label + at))),
        );
        const read = readCifarRecords(bytes, "a");
        expect([...read.labels]).toEqual(files.flat());
        const pixels = files.flatMap((list, f) =>
          list.flatMap((label) => record(0, (at) => base + f + label + at).slice(1)),
        );
        expect(Buffer.compare(read.pixels, Uint8Array.from(pixels))).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  it("are normalised by channel and can be looked at again", () => {
    const file = Uint8Array.from(record(3, (at) => [255, 0, 128][at >> 10] as number));
    const normalise = { mean: [0.5, 0.25, 0], std: [0.5, 0.5, 2] };
    const set = cifar10Set({ name: "one", files: [file], normalise });
    const into = new Float32Array(3072);
    set.read(0, into);
    expect([into[0], into[1024], into[2048]]).toEqual([1, -0.5, 128 / 255 / 2].map(Math.fround));
    expect(set.classes[set.labels[0] as number]).toBe("cat");
    expect([...(sampleImage(set, 0)?.data.subarray(0, 4) ?? [])]).toEqual([255, 0, 128, 255]);
  });

  it("are refused when they end early, hold no label or nothing, or are still packed", () => {
    const one = record(3, () => 0);
    const set = (bytes: readonly number[]) => () =>
      cifar10Set({ name: "a", files: [Uint8Array.from(bytes)] });
    expect(set(one.slice(0, -1))).toThrow(/TRUNCATED/);
    expect(set([0x1f, 0x8b, 1])).toThrow(/TRUNCATED.*unpack it first/);
    expect(set(record(10, () => 0))).toThrow(/INVALID_DATA.*expected 0 to 9; found 10/);
    expect(set([])).toThrow(/INVALID_DATA.*no samples/);
    const normalise = { mean: [0, 0, 0], std: [1, 0, 1] };
    expect(() => cifar10Set({ name: "a", files: [Uint8Array.from(one)], normalise })).toThrow(
      /INVALID_OPTION/,
    );
  });
});
