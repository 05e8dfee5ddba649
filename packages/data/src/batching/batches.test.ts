import type { RuntimeTensor } from "@espalier/core";
import { DataType } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageSet } from "../set/image-set.js";
import { splitSet, subset, takeFirst } from "../set/subset.js";
import { characterTokenizer } from "../text/characters.js";
import { languageSet } from "../text/language-set.js";
import { cropAndFlip } from "./augmentation.js";
import { type Batch, type BatchOptions, batches } from "./batches.js";

/** Image i has every byte i: which sample is where can be read off. */
function numbered(count: number) {
  return imageSet({
    name: "numbered",
    classes: ["even", "odd"],
    channels: "grey",
    width: 2,
    height: 1,
    pixels: Uint8Array.from({ length: 2 * count }, (_, at) => at >> 1),
    labels: Array.from({ length: count }, (_, i) => i % 2),
  });
}

const kept = ({ index, samples, input, labels }: Batch) => ({
  index,
  samples: [...samples],
  dims: input.dims,
  input: [...(input.data as Float32Array)],
  labels: [...(labels.data as BigInt64Array)],
});
const all = (set: Parameters<typeof batches>[0], options: BatchOptions) =>
  Array.from(batches(set, options), kept);

describe("batches", () => {
  it("give every sample once an epoch, with its label", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 70 }),
        fc.nat(),
        (count, batch, seed) => {
          const epoch = all(numbered(count), { batch, seed });
          const samples = epoch.flatMap((b) => b.samples);
          expect([...samples].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
          for (const b of epoch) {
            expect(b.input).toEqual(b.samples.flatMap((i) => [i, i]).map((byte) => Math.fround(byte / 255)));
            expect(b.labels).toEqual(b.samples.map((i) => BigInt(i % 2)));
            expect(b.dims).toEqual([b.samples.length, 1, 1, 2]);
          }
          expect(epoch.length).toBe(Math.ceil(count / batch));
        },
      ),
    );
  });

  it("depend on seed and epoch alone", () => {
    const set = numbered(50);
    const order = (options: Partial<BatchOptions>): number[] =>
      all(set, { batch: 8, seed: 3, ...options }).flatMap((b) => b.samples);
    expect(order({})).toEqual(order({ epoch: 0 }));
    expect(order({})).toEqual(order({ batch: 25 }));
    expect(order({})).not.toEqual(order({ epoch: 1 }));
    expect(order({})).not.toEqual(order({ seed: 4 }));
    expect(order({ shuffle: false })).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it("resume at any batch to the bit, augmented too", () => {
    const set = imageSet({
      name: "noise",
      classes: ["a"],
      channels: "RGB",
      width: 6,
      height: 5,
      pixels: Uint8Array.from({ length: 20 * 90 }, (_, at) => (at * 7919) % 256),
      labels: new Array<number>(20).fill(0),
    });
    const options = { batch: 3, seed: 9, epoch: 2, augment: cropAndFlip({ padding: 2 }) };
    const whole = all(set, options);
    for (let from = 0; from <= whole.length; from++) {
      expect(all(set, { ...options, from })).toEqual(whole.slice(from));
      if (from < whole.length) expect(kept(batches(set, options).read(from))).toEqual(whole[from]);
    }
    expect(all(set, { ...options, epoch: 3 })).not.toEqual(whole);
    // A sample's augmentation does not depend on who is in its batch.
    const alone = all(set, { ...options, batch: 1 }).flatMap(({ input }) => input);
    expect(alone).toEqual(whole.flatMap(({ input }) => input));
  });

  it("use two sets of buffers in turn, and nothing else", () => {
    const made = batches(numbered(12), { batch: 4, seed: 1, shuffle: false });
    const [first, second] = [made.read(0), made.read(1)];
    expect([...first.samples, ...second.samples]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const third = made.read(2);
    expect([...first.samples]).toEqual([8, 9, 10, 11]);
    expect(third.input.data).toBe(first.input.data);
    expect([...second.samples]).toEqual([4, 5, 6, 7]);
  });

  it("may leave out what fills no batch", () => {
    expect(all(numbered(10), { batch: 4, seed: 1, dropLast: true }).map(({ dims }) => dims[0])).toEqual([
      4, 4,
    ]);
    expect(() => batches(numbered(3), { batch: 4, seed: 1, dropLast: true })).toThrow(/INVALID_OPTION/);
  });

  it("hand out tokens and the ones that follow as int64", () => {
    const tokenizer = characterTokenizer("abc");
    const set = languageSet({ name: "abc", tokens: tokenizer.encode("abcabca"), tokenizer, length: 3 });
    const { input, labels } = batches(set, { batch: 2, seed: 1, shuffle: false }).read(0);
    const tensor = (data: bigint[]): RuntimeTensor => ({
      dataType: DataType.INT64,
      dims: [2, 3],
      data: BigInt64Array.from(data),
    });
    expect(input).toEqual(tensor([1n, 2n, 3n, 1n, 2n, 3n]));
    expect(labels).toEqual(tensor([2n, 3n, 1n, 2n, 3n, 1n]));
  });

  it.each([{ batch: 0 }, { batch: 1.5 }, { epoch: -1 }, { from: -1 }, { from: Number.NaN }])(
    "refuse %j",
    (wrong) => {
      expect(() => batches(numbered(3), { batch: 2, seed: 1, ...wrong })).toThrow(/INVALID_OPTION/);
    },
  );

  it("refuse to crop what is no image", () => {
    const tokenizer = characterTokenizer("ab");
    const set = languageSet({ name: "abc", tokens: tokenizer.encode("abab"), tokenizer, length: 2 });
    expect(() => batches(set, { batch: 1, seed: 1, augment: cropAndFlip() })).toThrow(/INVALID_OPTION/);
  });
});

describe("parts of a set", () => {
  it("split without losing or doubling a sample", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 80 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, seed, share) => {
          const held = Math.min(count - 1, Math.max(1, Math.round(share * count)));
          const { train, validation } = splitSet(numbered(count), { validation: held, seed });
          expect([train.count, validation.count]).toEqual([count - held, held]);
          const bytes = [train, validation].flatMap((part) =>
            Array.from({ length: part.count }, (_, i) => {
              const into = new Float32Array(2);
              part.read(i, into);
              const sample = Math.round((into[0] as number) * 255);
              expect(part.labels[i]).toBe(sample % 2);
              return sample;
            }),
          );
          expect(bytes.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        },
      ),
    );
  });

  it("are drawn by the seed", () => {
    const labels = (seed: number): string =>
      splitSet(numbered(90), { validation: 0.3, seed }).train.labels.join();
    expect(labels(1)).toBe(labels(1));
    expect(labels(1)).not.toBe(labels(2));
  });

  it("keep the order they are asked for, and refuse what is not there", () => {
    const set = numbered(5);
    expect([...subset(set, [4, 1], "two").labels]).toEqual([0, 1]);
    expect(takeFirst(set, 2)).toMatchObject({ count: 2, name: "numbered, first 2" });
    expect(takeFirst(set, 9)).toBe(set);
    for (const wrong of [[5], [-1], [0.5], [Number.NaN], []])
      expect(() => subset(set, wrong, "x")).toThrow(/INVALID_OPTION/);
    for (const validation of [0, 5, 0.01, Number.NaN, -1])
      expect(() => splitSet(set, { validation, seed: 1 })).toThrow(/INVALID_OPTION/);
  });
});
