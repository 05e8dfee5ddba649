import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { setTopLevelKey } from "./set-key.js";

describe("setTopLevelKey", () => {
  it("adds a key at the end and leaves the rest as it is written", () => {
    const text = '{\n  "eps": 1e-05,\n  "id2label": {"1": "b", "0": "a"}\n}\n';
    expect(setTopLevelKey(text, "dtype", { a: "fp32" })).toBe(
      '{\n  "eps": 1e-05,\n  "id2label": {"1": "b", "0": "a"},\n  "dtype": {\n    "a": "fp32"\n  }\n}\n',
    );
    expect(setTopLevelKey("{}", "a", 1)).toBe('{\n  "a": 1\n}');
  });

  it("replaces the value of the top level only", () => {
    const text = '{"x": {"dtype": 1, "y": "}"}, "dtype" : [1, {"dtype": 2}] , "z": "\\"dtype\\": 3"}';
    expect(setTopLevelKey(text, "dtype", 7)).toBe(
      '{"x": {"dtype": 1, "y": "}"}, "dtype" : 7 , "z": "\\"dtype\\": 3"}',
    );
  });

  it("means the same as setting the key after parsing, for any object, key, value and spelling", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: false }),
        fc.string(),
        fc.jsonValue(),
        fc.nat(3),
        (object, key, value, indent) => {
          fc.pre(key !== "__proto__" && !Object.hasOwn(object, "__proto__"));
          const text = JSON.stringify(object, null, indent);
          const parsed = JSON.parse(setTopLevelKey(text, key, value));
          const expected = { ...JSON.parse(text), [key]: JSON.parse(JSON.stringify(value)) };
          expect(JSON.stringify(parsed)).toBe(JSON.stringify(expected));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
