import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "./wire.js";

describe("a message on the wire", () => {
  it("comes out as it went in, whatever its arrays", () => {
    const message = {
      header: { type: "run", tensors: [{ name: "\ud800 ü", strings: ["", "a\0b"] }] },
      arrays: [
        Float32Array.of(1.5, Number.NaN),
        Uint8Array.of(1, 2, 3),
        BigInt64Array.of(-(2n ** 63n)),
        Float64Array.of(1 / 3),
        new Int32Array(0),
        Uint16Array.of(65535),
      ],
    };
    expect(decodeMessage(encodeMessage(message))).toEqual(message);
  });

  it("holds what a view shows, not what lies behind it", () => {
    const view = new Uint8Array(Float32Array.of(1, 2, 3).buffer, 4, 4);
    const { arrays } = decodeMessage(encodeMessage({ header: null, arrays: [view] }));
    expect(arrays[0]).toEqual(new Uint8Array(Float32Array.of(2).buffer));
  });

  it("decodes from the middle of a buffer", () => {
    const bytes = encodeMessage({ header: 1, arrays: [Float64Array.of(42)] });
    const padded = new Uint8Array([0, 0, 0, ...bytes]);
    expect(decodeMessage(padded.subarray(3)).arrays).toEqual([Float64Array.of(42)]);
  });

  it("that is cut off is refused", () => {
    const bytes = encodeMessage({ header: 1, arrays: [Float64Array.of(42)] });
    expect(() => decodeMessage(bytes.subarray(0, bytes.length - 1))).toThrow("too soon");
  });
});
