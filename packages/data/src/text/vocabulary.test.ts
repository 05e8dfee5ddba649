import { describe, expect, it } from "vitest";
import { textSet } from "./text-set.js";
import { buildVocabulary, wordsOf, wordTokenizer } from "./vocabulary.js";

const texts = ["the cat sat", "The dog sat!", "a dog; a CAT", "the end"];

describe("buildVocabulary", () => {
  it("keeps the most frequent words, ties by their characters", () => {
    const { tokens } = buildVocabulary(texts, { size: 6 });
    expect(tokens).toEqual(["<pad>", "<unk>", "the", "a", "cat", "dog"]);
    expect(buildVocabulary([...texts].reverse(), { size: 6 }).tokens).toEqual(tokens);
    expect(buildVocabulary(texts, { size: 100 }).tokens.slice(6)).toEqual(["sat"]);
    expect(buildVocabulary(texts, { size: 100, least: 1 }).tokens.slice(7)).toEqual(["!", ";", "end"]);
  });

  it("reads words of every script, and words that are names of object members", () => {
    expect(wordsOf("Don't—ça va? Привет, 東京 2nd")).toEqual([
      "don't",
      "—",
      "ça",
      "va",
      "?",
      "привет",
      ",",
      "東京",
      "2nd",
    ]);
    const odd = buildVocabulary(["__proto__ constructor"], { size: 10, least: 1 });
    expect([...odd.encode("constructor toString")]).toEqual([odd.tokens.indexOf("constructor"), 1]);
  });

  it("is the same again from its tokens", () => {
    const made = buildVocabulary(texts, { size: 6 });
    const again = wordTokenizer(made.tokens);
    expect(again.encode("the dog ran")).toEqual(made.encode("the dog ran"));
    expect(again.decode([2, 5, 1])).toBe("the dog <unk>");
    expect(() => wordTokenizer(["a", "b", "c"])).toThrow(/INVALID_DATA/);
    expect(() => wordTokenizer(["<pad>", "<unk>", "a", "a"])).toThrow(/INVALID_DATA/);
    expect(() => buildVocabulary(texts, { size: 2 })).toThrow(/INVALID_OPTION/);
  });
});

describe("textSet", () => {
  const vocabulary = buildVocabulary(texts, { size: 6 });
  const data = {
    texts: ["the dog sat a cat", "dog", ""],
    labels: Int32Array.of(0, 1, 1),
    classes: ["x", "y"],
  };

  it("cuts and fills texts to one length", () => {
    const set = textSet({ name: "tiny", data, vocabulary, length: 3 });
    const into = new BigInt64Array(9);
    for (let i = 0; i < 3; i++) set.read(i, into, 3 * i);
    expect([...into]).toEqual([2n, 5n, 1n, 5n, 0n, 0n, 1n, 0n, 0n]);
    expect(set).toMatchObject({ count: 3, input: { type: "int64", shape: [3] }, image: null });
  });

  it("refuses no texts, no length, and more tokens than memory is for", () => {
    expect(() => textSet({ name: "a", data, vocabulary, length: 0 })).toThrow(/INVALID_OPTION/);
    expect(() => textSet({ name: "a", data, vocabulary, length: 2 ** 40 })).toThrow(/LIMIT_EXCEEDED/);
    const none = { texts: [], labels: new Int32Array(), classes: ["x"] };
    expect(() => textSet({ name: "a", data: none, vocabulary, length: 3 })).toThrow(/INVALID_DATA/);
  });
});
