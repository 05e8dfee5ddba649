import { type EspalierError, isEspalierError, readFloats, type Tensor } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { importLlama2c } from "./llama2c.js";

/** dim 4, hidden 3, one layer, 2 heads over 1 head of keys, 5 tokens, 6 places. */
const SHAPE = [4, 3, 1, 2, 1, 5, 6];
/** Floats of that shape with a shared classifier, counted by hand. */
const FLOATS = 5 * 4 + 4 + 16 + 8 + 8 + 16 + 4 + 12 + 12 + 12 + 4 + 6 * 1 + 6 * 1;

/** A checkpoint whose floats are 0, 1, 2 … in file order. */
function checkpoint(header: readonly number[], floats: number, extra = 0): Uint8Array {
  const bytes = new Uint8Array(28 + 4 * floats + extra);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of header.entries()) view.setInt32(4 * i, value, true);
  for (let i = 0; i < floats; i++) view.setFloat32(28 + 4 * i, i, true);
  return bytes;
}

function values(bytes: Uint8Array, name: string): { dims: readonly number[]; data: number[] } {
  const { model } = importLlama2c(bytes);
  const tensor = [...model.graph.initializers].find((value) => value.name === name)?.initializer as Tensor;
  return { dims: tensor.dims, data: [...readFloats(tensor)] };
}

describe("importLlama2c", () => {
  it("reads the header and finds every weight at its place, linear layers turned", () => {
    const bytes = checkpoint(SHAPE, FLOATS);
    expect(importLlama2c(bytes).config).toEqual({
      ...{ dim: 4, hiddenDim: 3, layers: 1, heads: 2, kvHeads: 1, vocabulary: 5, maxLength: 6, tied: true },
    });
    expect(values(bytes, "tok_embeddings.weight").data.slice(0, 3)).toEqual([0, 1, 2]);
    expect(values(bytes, "layers.0.attention_norm.weight").data).toEqual([20, 21, 22, 23]);
    // wk is [2, 4] in the file, from 40 on: [4, 2] here.
    expect(values(bytes, "layers.0.attention.wk.weight")).toEqual({
      dims: [4, 2],
      data: [40, 44, 41, 45, 42, 46, 43, 47],
    });
    expect(values(bytes, "layers.0.feed_forward.w2.weight").dims).toEqual([3, 4]);
    expect(values(bytes, "norm.weight").data).toEqual([112, 113, 114, 115]);
  });

  it("takes a negative vocabulary for a classifier of its own, behind the rotary tables", () => {
    const bytes = checkpoint([4, 3, 1, 2, 1, -5, 6], FLOATS + 20);
    expect(importLlama2c(bytes).config).toMatchObject({ tied: false, vocabulary: 5 });
    const { dims, data } = values(bytes, "output.weight");
    expect(dims).toEqual([4, 5]);
    expect(data.slice(0, 5)).toEqual([FLOATS, FLOATS + 4, FLOATS + 8, FLOATS + 12, FLOATS + 16]);
  });

  it("takes a view that begins anywhere", () => {
    const shifted = new Uint8Array(1 + 28 + 4 * FLOATS);
    shifted.set(checkpoint(SHAPE, FLOATS), 1);
    expect(values(shifted.subarray(1), "norm.weight").data).toEqual([112, 113, 114, 115]);
  });

  const changed = (at: number, value: number): number[] => SHAPE.map((one, i) => (i === at ? value : one));
  const max = 2 ** 31 - 1;
  const cases: readonly [name: string, bytes: Uint8Array, code: string][] = [
    ["nothing", new Uint8Array(0), "TRUNCATED"],
    ["half a header", new Uint8Array(20), "TRUNCATED"],
    ["a header alone", checkpoint(SHAPE, 0), "TRUNCATED"],
    ["one byte too few", checkpoint(SHAPE, FLOATS).slice(0, -1), "TRUNCATED"],
    ["the rotary tables missing", checkpoint(SHAPE, FLOATS - 12), "TRUNCATED"],
    ["a classifier of its own missing", checkpoint([4, 3, 1, 2, 1, -5, 6], FLOATS), "TRUNCATED"],
    ["one byte too many", checkpoint(SHAPE, FLOATS, 1), "AMBIGUOUS"],
    ["a classifier nobody announced", checkpoint(SHAPE, FLOATS + 20), "AMBIGUOUS"],
    ["zeros", new Uint8Array(64), "INVALID_CHECKPOINT"],
    ["no layers", checkpoint(changed(2, 0), FLOATS), "INVALID_CHECKPOINT"],
    ["a negative width", checkpoint(changed(0, -4), FLOATS), "INVALID_CHECKPOINT"],
    ["heads that do not divide", checkpoint(changed(3, 3), FLOATS), "INVALID_CHECKPOINT"],
    ["key heads that do not divide", checkpoint([12, 3, 1, 6, 4, 5, 6], FLOATS), "INVALID_CHECKPOINT"],
    ["an odd head", checkpoint([6, 3, 1, 2, 1, 5, 6], FLOATS), "INVALID_CHECKPOINT"],
    ["a vocabulary of −2^31", checkpoint(changed(5, -(2 ** 31)), FLOATS), "TRUNCATED"],
    ["a billion layers", checkpoint(changed(2, 1e9), FLOATS), "LIMIT_EXCEEDED"],
    ["a mask of 2^60 numbers", checkpoint(changed(6, 2 ** 30), FLOATS), "LIMIT_EXCEEDED"],
    ["sizes beyond 2^53", checkpoint([max - 1, max, 1000, 1, 1, max, 6], FLOATS), "OVERFLOW"],
    ["a later version", checkpoint([0x616b3432, 1, 64, 172, 5, 8, 4], FLOATS), "UNSUPPORTED_FORMAT"],
  ];
  for (const [name, bytes, code] of cases) {
    it(`refuses ${name} with ${code}`, () => {
      let found = "imported";
      try {
        importLlama2c(bytes);
      } catch (error) {
        if (!isEspalierError(error)) throw error;
        found = (error as EspalierError).code;
      }
      expect(found).toBe(code);
    });
  }
});
