import { describe, expect, it } from "vitest";
import { readTsv } from "./tsv.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const header = { text: "sentence", label: "label" };
const binary = { where: "a.tsv", header, classes: ["0", "1"] };

describe("readTsv", () => {
  it("reads columns by their names", () => {
    const data = readTsv(bytes('id\tlabel\tsentence\r\n7\t1\tgood\r\n8\t0\tbad, "really"\r\n'), binary);
    expect(data.texts).toEqual(["good", 'bad, "really"']);
    expect([...data.labels]).toEqual([1, 0]);
  });

  it("reads text and label where there are no names, with and without a last line break", () => {
    const plain = { where: "a.tsv", header: false, classes: ["World", "Sports"] } as const;
    for (const end of ["", "\n"])
      expect([...readTsv(bytes(`a\tSports\nb\tWorld${end}`), plain).labels]).toEqual([1, 0]);
  });

  it.each([
    ["no label column", "sentence\tscore\na\t1\n", /line 1.*"label"/],
    ["a line without a label", "sentence\tlabel\na\t1\nb\n", /line 3.*a text and a label/],
    ["an empty line inside", "sentence\tlabel\n\nb\t1\n", /line 2/],
    ["a label that is no class", "sentence\tlabel\na\t2\n", /line 2.*a label: 0, 1/],
    ["only names", "sentence\tlabel\n", /no samples/],
    ["nothing", "", /line 1/],
  ])("refuses %s", (_, text, error) => {
    expect(() => readTsv(bytes(text), binary)).toThrow(error);
    expect(() => readTsv(bytes(text), binary)).toThrow(/INVALID_DATA/);
  });

  it("refuses bytes that are not UTF-8", () => {
    const latin = Uint8Array.from([...bytes("sentence\tlabel\ncaf"), 0xe9, ...bytes("\t1\n")]);
    expect(() => readTsv(latin, binary)).toThrow(/INVALID_DATA.*UTF-8/);
  });
});
