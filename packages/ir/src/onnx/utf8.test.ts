import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { invalidUtf8At } from "./utf8.js";

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe("invalidUtf8At", () => {
  it("finds the first bad byte", () => {
    expect(invalidUtf8At(Uint8Array.of(0x61, 0xc3, 0xa4, 0xff), 0, 4)).toBe(3);
    expect(invalidUtf8At(Uint8Array.of(0x61, 0xc3, 0xa4, 0xff), 0, 3)).toBe(-1);
  });

  it("agrees with TextDecoder on every sequence of a lead and a second byte", () => {
    const wrong: number[][] = [];
    for (let lead = 0; lead < 256; lead++) {
      for (let second = 0; second < 256; second++) {
        for (const tail of [[], [0x80], [0x80, 0x80]]) {
          const bytes = Uint8Array.of(lead, second, ...tail);
          if (invalidUtf8At(bytes, 0, bytes.length) < 0 !== decodes(bytes)) wrong.push([...bytes]);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("agrees with TextDecoder on text with a byte changed", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (text, at, byte) => {
          const bytes = new TextEncoder().encode(text);
          if (bytes.length > 0) bytes[at % bytes.length] = byte;
          expect(invalidUtf8At(bytes, 0, bytes.length) < 0).toBe(decodes(bytes));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
