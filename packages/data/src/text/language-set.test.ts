import { describe, expect, it } from "vitest";
import { characterTokenizer } from "./characters.js";
import { languageSet } from "./language-set.js";

const tokenizer = characterTokenizer("hello, wörld 🌳");
const windows = (text: string, length: number, stride?: number) =>
  languageSet({
    name: "tiny",
    tokens: tokenizer.encode(text),
    tokenizer,
    length,
    ...(stride === undefined ? {} : { stride }),
  });

describe("characterTokenizer", () => {
  it("gives characters beyond the first plane one number, and unknown ones the first", () => {
    expect([...tokenizer.tokens]).toEqual(["\uFFFD", " ", ",", "d", "e", "h", "l", "o", "r", "w", "ö", "🌳"]);
    expect([...tokenizer.encode("ho🌳z")]).toEqual([5, 7, 11, 0]);
    expect(tokenizer.decode(tokenizer.encode("wörld 🌳"))).toBe("wörld 🌳");
  });
});

describe("languageSet", () => {
  it("labels every token with the next", () => {
    const set = windows("hello, hello", 4);
    expect(set.count).toBe(2);
    const into = new BigInt64Array(4);
    set.read(1, into);
    expect(tokenizer.decode(Array.from(into, Number))).toBe("o, h");
    expect(tokenizer.decode(set.labels.subarray(4, 8))).toBe(", he");
    expect(set.labelShape).toEqual([4]);
  });

  it("may overlap, and ends where no whole window is left", () => {
    expect(windows("hello", 4).count).toBe(1);
    expect(windows("hello", 2, 1).count).toBe(3);
    expect(() => windows("hello", 5)).toThrow(/INVALID_DATA.*at least 6 tokens; found 5/);
    expect(() => windows("hello", 2, 0)).toThrow(/INVALID_OPTION/);
  });

  it("refuses tokens that are not in the vocabulary", () => {
    const tokens = Int32Array.of(1, 2, 12, 3);
    expect(() => languageSet({ name: "a", tokens, tokenizer, length: 2 })).toThrow(/INVALID_DATA.*token 2/);
  });
});
