import type { RuntimeTensor } from "@espalier/core";
import { DataType } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { FrameError } from "./frames.js";
import { packTensors, unpackTensors } from "./tensor-frames.js";

describe("packed tensors", () => {
  it("come out as they went in", () => {
    const tensors: Record<string, RuntimeTensor> = {
      a: { dataType: DataType.FLOAT, dims: [1, 2], data: Float32Array.of(1, 2) },
      b: { dataType: DataType.STRING, dims: [3], data: ["", "ü", "a\0b"] },
      c: { dataType: DataType.INT64, dims: [], data: BigInt64Array.of(-5n) },
      d: { dataType: DataType.FLOAT16, dims: [0], data: new Uint16Array(0) },
    };
    const packed = packTensors(tensors);
    const copies = packed.buffers.map((buffer) => buffer.slice());
    expect(unpackTensors(JSON.parse(JSON.stringify(packed.tensors)), copies)).toEqual(tensors);
  });

  it("may be called __proto__", () => {
    const tensor = { dataType: DataType.UINT8, dims: [1], data: Uint8Array.of(7) };
    const packed = packTensors(Object.fromEntries([["__proto__", tensor]]));
    expect(Object.keys(unpackTensors(packed.tensors, packed.buffers))).toEqual(["__proto__"]);
  });

  const one = Uint8Array.of(0, 0, 128, 63);
  it.each([
    ["no list", {}, [one]],
    ["fewer buffers than tensors", [{ name: "a", dataType: 1, dims: [1] }], []],
    ["no name", [{ dataType: 1, dims: [1] }], [one]],
    ["an unknown type", [{ name: "a", dataType: 99, dims: [1] }], [one]],
    ["too little data", [{ name: "a", dataType: 1, dims: [2] }], [one]],
    ["a negative dimension", [{ name: "a", dataType: 1, dims: [-1, -1] }], [one]],
    ["a fraction", [{ name: "a", dataType: 1, dims: [0.5, 2] }], [one]],
    ["a product beyond 2^53", [{ name: "a", dataType: 1, dims: [2 ** 52, 2 ** 52, 0] }], [new Uint8Array(0)]],
    ["a string cut in its length", [{ name: "a", dataType: 8, dims: [1] }], [Uint8Array.of(1, 0)]],
    ["a string cut in its text", [{ name: "a", dataType: 8, dims: [1] }], [Uint8Array.of(9, 0, 0, 0, 65)]],
    ["more strings than elements", [{ name: "a", dataType: 8, dims: [0] }], [Uint8Array.of(0, 0, 0, 0)]],
  ])("are refused with %s", (_, tensors, buffers) => {
    expect(() => unpackTensors(tensors, buffers)).toThrow(FrameError);
  });
});
