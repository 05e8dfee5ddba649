import { readSafetensors, writeSafetensors } from "@espalier/core";
import {
  DataType,
  floatTensor,
  isEspalierError,
  type Model,
  numberToFloat16,
  rawTensor,
  readFloats,
  type Tensor,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { lenet300100 } from "../networks/lenet-300-100.js";
import { llama } from "../networks/llama.js";
import { loadWeights } from "./load-weights.js";

const small = (seed = 1): Model => lenet300100({ seed, width: 0.01, classes: 2 });

const stateOf = (model: Model): Map<string, Tensor> =>
  new Map([...model.graph.initializers].map(({ name, initializer }) => [name, initializer as Tensor]));

const bytesOf = (model: Model, name: string): Uint8Array => (stateOf(model).get(name) as Tensor).bytes();

describe("loadWeights", () => {
  it("makes one network the other, through a safetensors file, and leaves the first as it was", () => {
    const [from, to] = [small(1), small(2)];
    const before = bytesOf(to, "fc1.weight").slice();
    const { model, loaded, missing, unexpected } = loadWeights(
      to,
      readSafetensors(writeSafetensors(stateOf(from))).tensors,
    );
    expect([missing, unexpected]).toEqual([[], []]);
    expect([...loaded].sort()).toEqual([1, 2, 3].flatMap((i) => [`fc${i}.bias`, `fc${i}.weight`]));
    for (const name of loaded) expect(Buffer.compare(bytesOf(model, name), bytesOf(from, name))).toBe(0);
    expect(Buffer.compare(bytesOf(to, "fc1.weight"), before)).toBe(0);
  });

  it("tells what is missing and what is unexpected", () => {
    const state = stateOf(small());
    state.delete("fc2.bias");
    state.set("fc9.weight", floatTensor([1], [1]));
    state.set("num_batches_tracked", floatTensor([], [1]));
    const rename = (name: string): string | null => (name === "num_batches_tracked" ? null : name);
    const { missing, unexpected } = loadWeights(small(2), state, { rename });
    expect([missing, unexpected]).toEqual([["fc2.bias"], ["fc9.weight"]]);
  });

  it("renames, and turns what lies transposed", () => {
    const net = llama({ layers: 1, seed: 1, vocabulary: 4, maxLength: 4 });
    const values = Array.from({ length: 64 * 32 }, (_, i) => i);
    const { model, loaded } = loadWeights(net, new Map([["model.k", floatTensor([32, 64], values)]]), {
      rename: () => "layers.0.attention.wk.weight",
      transpose: (name) => /\.w[k]\./.test(name),
    });
    expect(loaded).toEqual(["layers.0.attention.wk.weight"]);
    const turned = stateOf(model).get("layers.0.attention.wk.weight") as Tensor;
    expect(turned.dims).toEqual([64, 32]);
    expect([...readFloats(turned).slice(0, 3)]).toEqual([0, 64, 128]);
  });

  it("leaves what is no matrix as it lies, however much is said to be transposed", () => {
    const bias = floatTensor([2], [1, 2]);
    const { model } = loadWeights(small(), new Map([["fc3.bias", bias]]), { transpose: () => true });
    expect([...readFloats(stateOf(model).get("fc3.bias") as Tensor)]).toEqual([1, 2]);
  });

  it("widens half precision exactly", () => {
    const bits = Uint16Array.from([0.5, -2], numberToFloat16);
    const half = rawTensor(DataType.FLOAT16, [2], new Uint8Array(bits.buffer));
    const { model } = loadWeights(small(), new Map([["fc3.bias", half]]));
    expect([...readFloats(stateOf(model).get("fc3.bias") as Tensor)]).toEqual([0.5, -2]);
  });

  const refused: readonly [what: string, tensors: [string, Tensor][], rename?: () => string][] = [
    ["another shape", [["fc3.bias", floatTensor([3], [1, 2, 3])]]],
    ["the same numbers in another rank", [["fc3.bias", floatTensor([2, 1], [1, 2])]]],
    ["a weight that lies transposed", [["fc1.weight", floatTensor([784, 3], new Float32Array(784 * 3))]]],
    ["integers", [["fc3.bias", rawTensor(DataType.INT32, [2], new Uint8Array(8))]]],
    [
      "two tensors for one parameter",
      [
        ["a", floatTensor([2], [1, 2])],
        ["b", floatTensor([2], [1, 2])],
      ],
      () => "fc3.bias",
    ],
  ];
  for (const [what, tensors, rename] of refused) {
    it(`refuses ${what}`, () => {
      try {
        loadWeights(small(), new Map(tensors), rename === undefined ? {} : { rename });
      } catch (error) {
        expect(isEspalierError(error, "INVALID_CHECKPOINT")).toBe(true);
        return;
      }
      throw new Error("it was loaded");
    });
  }
});
