import { GraphBuilder, isEspalierError, Model } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { configFor, labelsOf, readConfig, requireSameInterface } from "./config.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

describe("readConfig", () => {
  it("refuses what two readers could understand differently, and what is no object", () => {
    for (const hostile of ['{"a":1,"a":2}', "[]", '"x"', "{", '{"eps":NaN}', `${"[".repeat(100)}`]) {
      try {
        readConfig(bytes(hostile));
        throw new Error("it was read");
      } catch (error) {
        expect(isEspalierError(error, "INVALID_CONFIG")).toBe(true);
      }
    }
  });
});

describe("configFor", () => {
  it("adds the dtype and leaves every other byte", () => {
    const source = '{\n  "eps": 1e-05,\n  "length": 1e+30\n}\n';
    expect(text(configFor(bytes(source), "model", "fp32"))).toBe(
      '{\n  "eps": 1e-05,\n  "length": 1e+30,\n  "transformers.js_config": {\n    "dtype": "fp32"\n  }\n}\n',
    );
  });

  it("gives the same bytes where nothing is to be said", () => {
    const source = bytes('{ "transformers.js_config": {"dtype":"fp16"} }');
    expect(configFor(source, "model", "fp16")).toBe(source);
  });

  it("keeps the other settings of the loader", () => {
    const source = '{"transformers.js_config":{"kv_cache_dtype":{"q4f16":"float16"},"dtype":"q4"},"a":1}';
    expect(JSON.parse(text(configFor(bytes(source), "model", "fp32")))).toEqual({
      "transformers.js_config": { kv_cache_dtype: { q4f16: "float16" }, dtype: "fp32" },
      a: 1,
    });
  });
});

describe("labelsOf", () => {
  it("lists labels by class, in the order of their numbers", () => {
    expect(labelsOf(readConfig(bytes('{"id2label":{"10":"k","0":"a","1":"b"}}')))).toBeNull();
    expect(labelsOf(readConfig(bytes('{"id2label":{"1":"b","0":"a"}}')))).toEqual(["a", "b"]);
    for (const none of ["{}", '{"id2label":{}}', '{"id2label":{"0":5}}', '{"id2label":["a"]}'])
      expect(labelsOf(readConfig(bytes(none)))).toBeNull();
  });
});

describe("requireSameInterface", () => {
  /** A decoder with a key cache of `heads` × `size`. */
  function decoder(heads: number, size: number, output = "logits"): Model {
    const builder = new GraphBuilder();
    const past = builder.input("past_key_values.0.key", ["batch", heads, "past", size]);
    builder.output(builder.op("Relu", [past]), output);
    return new Model({ graph: builder.graph });
  }

  it("accepts the same names, types, dimensions and symbols", () => {
    expect(() => requireSameInterface(decoder(8, 64), decoder(8, 64))).not.toThrow();
  });

  it("refuses other heads, other head dimensions and other names, which config.json would contradict", () => {
    for (const other of [decoder(6, 64), decoder(8, 32), decoder(8, 64, "scores")]) {
      try {
        requireSameInterface(decoder(8, 64), other);
        throw new Error("accepted");
      } catch (error) {
        expect(isEspalierError(error, "INTERFACE_CHANGED")).toBe(true);
      }
    }
  });
});
