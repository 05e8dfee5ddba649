import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLlama2cTokenizer } from "./llama2c-tokenizer.js";
import { mergePairs } from "./merge-pairs.js";

/** A tokenizer file: unknown, begin, end, 256 bytes, then `tokens`. */
function file(tokens: readonly (readonly [string, number])[]): Uint8Array {
  const bytes = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`);
  const all = [...["<unk>", "<s>", "</s>", ...bytes].map((token) => [token, 0] as const), ...tokens];
  const out: number[] = [...new Uint8Array(Int32Array.of(16).buffer)];
  for (const [token, score] of all) {
    const utf8 = new TextEncoder().encode(token);
    out.push(
      ...new Uint8Array(Float32Array.of(score).buffer),
      ...new Uint8Array(Int32Array.of(utf8.length).buffer),
      ...utf8,
    );
  }
  return Uint8Array.from(out);
}

const letters = [" ", "a", "b", "c"].map((token) => [token, -100] as const);
const pairs = [
  ["ab", -1],
  ["bc", -2],
  [" a", -3],
  ["abc", -4],
  [" ab", -0.5],
  ["aa", -2],
] as const;
const tokenizer = readLlama2cTokenizer(file([...letters, ...pairs]), "t.bin");

describe("a tokenizer of llama2.c", () => {
  it("merges by the best score, not from the left", () => {
    const words = (text: string): string[] =>
      [...tokenizer.encode(text)].map((id) => tokenizer.tokens[id] ?? "");
    expect(words("abc")).toEqual([" ab", "c"]);
    expect(words("cab")).toEqual([" ", "c", "ab"]);
    // Of two pairs that score alike the first.
    expect(words("aaa")).toEqual([" ", "aa", "a"]);
    expect(words("é")).toEqual([" ", "<0xC3>", "<0xA9>"]);
    expect(words("")).toEqual([]);
  });

  it("gives the text back", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "é", "\n", "🌳") }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  it("refuses what is cut off, damaged or too small", () => {
    const whole = file(letters);
    for (const length of [0, 3, 9, 11, whole.length - 1])
      expect(() => readLlama2cTokenizer(whole.subarray(0, length), "t.bin")).toThrow(
        /TRUNCATED|INVALID_DATA/,
      );
    const negative = whole.slice();
    negative.fill(0xff, 8, 12);
    expect(() => readLlama2cTokenizer(negative, "t.bin")).toThrow(/INVALID_DATA.*token 0/);
    expect(() => readLlama2cTokenizer(whole.subarray(0, 4), "t.bin")).toThrow(/INVALID_DATA.*at least 259/);
  });
});

describe("mergePairs", () => {
  it("does what looking at all pairs each time does", () => {
    // Tokens 0 and 1 are symbols; the others what pairs become, with scores that often tie.
    const rules = fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: -3, max: 0 })), {
      selector: ([a, b]) => a * 8 + b,
      maxLength: 4,
    });
    fc.assert(
      fc.property(rules, fc.array(fc.nat(1), { maxLength: 40 }), (made, symbols) => {
        const scores = [0, 0, ...made.map(([, , score]) => score)];
        const merged = (a: number, b: number): number => {
          const rule = made.findIndex(([x, y]) => x === a && y === b);
          return rule === -1 ? -1 : 2 + rule;
        };
        const slow = [...symbols];
        for (;;) {
          let best = -1;
          for (let i = 0; i + 1 < slow.length; i++) {
            const token = merged(slow[i] as number, slow[i + 1] as number);
            if (token === -1) continue;
            const held = best === -1 ? -1 : merged(slow[best] as number, slow[best + 1] as number);
            if (held === -1 || (scores[token] as number) > (scores[held] as number)) best = i;
          }
          if (best === -1) break;
          slow.splice(best, 2, merged(slow[best] as number, slow[best + 1] as number));
        }
        expect([...mergePairs(symbols, { merged, scores })]).toEqual(slow);
      }),
    );
  });

  it("does not take quadratic time", () => {
    const symbols = new Array<number>(200_000).fill(0);
    const merged = (a: number, b: number): number => (a === b && a < 20 ? a + 1 : -1);
    const scores = Array.from({ length: 21 }, (_, i) => -i);
    expect(mergePairs(symbols, { merged, scores }).length).toBeLessThan(20);
  });
});
