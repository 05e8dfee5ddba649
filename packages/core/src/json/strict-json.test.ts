import { isEspalierError } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Json, jsonPointer, readJson } from "./strict-json.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): Json => readJson(bytes(text), { code: "INVALID_PLAN" });

function refusal(input: string | Uint8Array): { where: string | undefined; message: string } {
  try {
    readJson(typeof input === "string" ? bytes(input) : input, { code: "INVALID_PLAN" });
  } catch (error) {
    if (isEspalierError(error, "INVALID_PLAN")) return { where: error.context.where, message: error.message };
    throw error;
  }
  throw new Error("it was read");
}

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

describe("readJson", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        // Strings of half surrogate pairs are written as escapes, and refused.
        fc.pre(!/\\ud[89a-f]/i.test(text));
        expect(JSON.stringify(read(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });

  it("ends in a value or in the error that was asked for, whatever the bytes", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      ":",
      ",",
      "a",
      "1",
      "-",
      ".",
      "e",
      "\\",
      "u",
      " ",
      "null",
      "true",
      "\u0000",
      "é",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = parts.join("");
        let ours: string | null = null;
        try {
          ours = JSON.stringify(read(text));
        } catch (error) {
          expect(isEspalierError(error, "INVALID_PLAN")).toBe(true);
        }
        // Whatever we read, JSON.parse reads too, and the same.
        if (ours !== null) expect(ours).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
        try {
          readJson(raw, { code: "INVALID_RECEIPT" });
        } catch (error) {
          expect(isEspalierError(error, "INVALID_RECEIPT")).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps __proto__ and constructor as plain data", () => {
    const value = read('{"__proto__":{"polluted":1},"constructor":2,"toString":3}') as Record<string, Json>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(["__proto__", "constructor", "toString"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("takes numbers as they are written when a double holds them", () => {
    expect(
      read("[0, -1, 1.5, 1e-7, 9007199254740991, 9007199254740992, 100000000000000000000, 3.4e38]"),
    ).toEqual([0, -1, 1.5, 1e-7, 9007199254740991, 9007199254740992, 1e20, 3.4e38]);
  });

  it("joins a pair of surrogate escapes", () => {
    expect(read('"\\ud83c\\udf33\\u00e9\\/\\n"')).toBe("🌳é/\n");
  });

  it("nests 64 deep", () => {
    expect(() => read(nested(64))).not.toThrow();
  });

  const hostile: readonly [name: string, input: string | Uint8Array, where: string][] = [
    ["nothing", "", "#"],
    ["white space only", " \n\t", "#"],
    ["two documents", "{} {}", "#"],
    ["trailing text", "1 x", "#"],
    ["a trailing NUL", "{}\u0000", "#"],
    ["a byte order mark", Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), "#"],
    ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0), "#"],
    ["invalid UTF-8", Uint8Array.of(0x22, 0xc3, 0x28, 0x22), "#"],
    ["an overlong slash", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), "#"],
    ["a surrogate in UTF-8", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "#"],
    ["an equal key", '{"a":1,"a":2}', "#/a"],
    ["an equal key in another spelling", '{"a":1,"\\u0061":2}', "#/a"],
    ["an equal key inside", '{"steps":[{},{"keep":1,"keep":2}]}', "#/steps/1/keep"],
    ["__proto__ twice", '{"__proto__":1,"__proto__":2}', "#/__proto__"],
    ["65 levels", nested(65), `#${"/0".repeat(64)}`],
    ["100,000 levels", nested(100_000), `#${"/0".repeat(64)}`],
    ["65 objects", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`, `#${"/a".repeat(64)}`],
    ["a number beyond any double", '{"x":1e400}', "#/x"],
    ["a negative one", "[-1e400]", "#/0"],
    ["a number that vanishes", "[1e-400]", "#/0"],
    ["negative zero", "[-0]", "#/0"],
    ["negative zero with a fraction", "[-0.0]", "#/0"],
    ["2^53 + 1", '{"keep":[9007199254740993]}', "#/keep/0"],
    ["-2^53 - 1", "[-9007199254740993]", "#/0"],
    ["an integer of 400 digits", `[${"9".repeat(400)}]`, "#/0"],
    ["a leading zero", "[01]", "#/0"],
    ["a leading plus", "[+1]", "#/0"],
    ["a leading point", "[.5]", "#/0"],
    ["a trailing point", "[1.]", "#/0"],
    ["an empty exponent", "[1e]", "#/0"],
    ["hexadecimal", "[0x10]", "#/0"],
    ["NaN", "[NaN]", "#/0"],
    ["Infinity", "[Infinity]", "#/0"],
    ["a lone high surrogate", '["\\ud800"]', "#/0"],
    ["a lone low surrogate", '["\\udc00"]', "#/0"],
    ["surrogates the wrong way round", '["\\udc00\\ud800"]', "#/0"],
    ["a lone surrogate in a key", '{"\\ud800":1}', "#"],
    ["a raw newline in a string", '["a\nb"]', "#/0"],
    ["a raw NUL in a string", '["a\u0000b"]', "#/0"],
    ["an unknown escape", '["\\x41"]', "#/0"],
    ["an escape of an inherited name", '["\\constructor"]', "#/0"],
    ["a short unicode escape", '["\\u12"]', "#/0"],
    ["an escape at the end", '["\\', "#/0"],
    ["an open string", '["abc', "#/0"],
    ["an open array", "[1,2", "#/1"],
    ["an open object", '{"a":1', "#/a"],
    ["a trailing comma in an array", "[1,]", "#/1"],
    ["a trailing comma in an object", '{"a":1,}', "#/a"],
    ["a missing comma", "[1 2]", "#/0"],
    ["a missing colon", '{"a" 1}', "#/a"],
    ["a missing value", '{"a":}', "#/a"],
    ["single quotes", "{'a':1}", "#"],
    ["a bare key", "{a:1}", "#"],
    ["a comment", "/* */ {}", "#"],
    ["a wrong word", "[nul]", "#/0"],
    ["words in capitals", "[True]", "#/0"],
    ["a non-breaking space", "[\u00a01]", "#/0"],
    ["a vertical tab", "[\u000b1]", "#/0"],
    ["the wrong bracket", "[1}", "#/0"],
  ];
  for (const [name, input, where] of hostile) {
    it(`refuses ${name}, at ${where.length > 30 ? "its place" : where}`, () => {
      expect(refusal(input).where).toBe(where);
    });
  }

  it("refuses more bytes than the limit before it decodes them", () => {
    const options = { code: "INVALID_PLAN", maxBytes: 4 } as const;
    expect(readJson(bytes("1234"), options)).toBe(1234);
    expect(() => readJson(bytes("12345"), options)).toThrow("too large");
  });

  it("reads a megabyte of open brackets without running out of stack", () => {
    expect(refusal("[".repeat(1 << 20)).message).toContain("nested too deeply");
  });

  it("quotes hostile keys harmlessly", () => {
    const { message } = refusal('{"\\u001b[31m\\u202e":nul}');
    for (const harmful of ["\u001b", "\u202e"]) expect(message).not.toContain(harmful);
  });
});

describe("jsonPointer", () => {
  it("escapes tilde and slash as RFC 6901 says", () => {
    expect(jsonPointer(["a/b", "m~n", 0])).toBe("#/a~1b/m~0n/0");
  });
});
