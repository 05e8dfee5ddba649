import { DataType } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "../server/refusal.js";
import { decodeJson } from "./decode-json.js";
import { encodeJson, type Outputs } from "./encode-outputs.js";
import type { Port } from "./port.js";

const RULES = { depth: 8, batch: 64, bytes: 1 << 20 };

const port = (type: string, dataType: number, shape: Port["shape"] = ["N"]): Port => ({
  name: "x",
  type,
  dataType,
  shape,
});

/** What the server writes as outputs, read as inputs. */
function asInputs(outputs: Outputs): Uint8Array {
  const text = new TextDecoder().decode(encodeJson(outputs));
  return new TextEncoder().encode(text.replace(/^\{"outputs":/, '{"inputs":'));
}

function refusal(read: () => unknown): Refusal {
  try {
    read();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("it was read");
}

const inputs = (value: unknown): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ inputs: { x: value } }));

describe("decodeJson", () => {
  const kinds = [
    [
      "float32",
      DataType.FLOAT,
      fc.float32Array({ minLength: 1, maxLength: 64, noNaN: true, noDefaultInfinity: true }),
    ],
    [
      "float64",
      DataType.DOUBLE,
      fc.float64Array({ minLength: 1, maxLength: 64, noNaN: true, noDefaultInfinity: true }),
    ],
    ["int8", DataType.INT8, fc.int8Array({ minLength: 1, maxLength: 64 })],
    ["uint16", DataType.UINT16, fc.uint16Array({ minLength: 1, maxLength: 64 })],
    ["int32", DataType.INT32, fc.int32Array({ minLength: 1, maxLength: 64 })],
    ["uint32", DataType.UINT32, fc.uint32Array({ minLength: 1, maxLength: 64 })],
    ["int64", DataType.INT64, fc.bigInt64Array({ minLength: 1, maxLength: 64 })],
    ["uint64", DataType.UINT64, fc.bigUint64Array({ minLength: 1, maxLength: 64 })],
  ] as const;
  for (const [type, dataType, arrays] of kinds) {
    it(`reads what encodeJson writes of ${type}, to the bit`, () => {
      fc.assert(
        fc.property(arrays as fc.Arbitrary<Float32Array>, (data) => {
          const plain = data.map((value) => (Object.is(value, -0) ? 0 : value));
          const x = { dataType, dims: [data.length], data: plain };
          const read = decodeJson(asInputs({ x }), [port(type, dataType)], RULES);
          expect(read.x).toEqual(x);
        }),
        { numRuns: 100 },
      );
    });
  }

  it("reads float16, bool and strings", () => {
    const read = (type: string, dataType: number, data: unknown[]): unknown =>
      decodeJson(inputs({ dims: [data.length], data }), [port(type, dataType)], RULES).x?.data;
    expect(read("float16", DataType.FLOAT16, [1, -2, 65504])).toEqual(Uint16Array.of(0x3c00, 0xc000, 0x7bff));
    expect(read("bool", DataType.BOOL, [true, 0, 1, false])).toEqual(Uint8Array.of(1, 0, 1, 0));
    expect(read("string", DataType.STRING, ["a", ""])).toEqual(["a", ""]);
    expect(read("int64", DataType.INT64, ["9223372036854775807", -1])).toEqual(
      BigInt64Array.of(2n ** 63n - 1n, -1n),
    );
  });

  it("takes a scalar", () => {
    const read = decodeJson(inputs({ dims: [], data: [7] }), [port("int32", DataType.INT32, [])], RULES);
    expect(read.x).toEqual({ dataType: DataType.INT32, dims: [], data: Int32Array.of(7) });
  });

  it.each([
    ["uint8", DataType.UINT8, [256], "#/inputs/x/data/0"],
    ["int8", DataType.INT8, [1.5], "#/inputs/x/data/0"],
    ["int64", DataType.INT64, ["9223372036854775808"], "#/inputs/x/data/0"],
    ["uint64", DataType.UINT64, [0, -1], "#/inputs/x/data/1"],
    ["int64", DataType.INT64, ["0x10"], "#/inputs/x/data/0"],
    ["bool", DataType.BOOL, [2], "#/inputs/x/data/0"],
    ["float32", DataType.FLOAT, ["NaN"], "#/inputs/x/data/0"],
    ["string", DataType.STRING, [1], "#/inputs/x/data/0"],
  ])("refuses a %s that is none, with its place", (type, dataType, data, where) => {
    const found = refusal(() =>
      decodeJson(inputs({ dims: [data.length], data }), [port(type, dataType)], RULES),
    );
    expect([found.code, found.context.where]).toEqual(["INVALID_INPUT", where]);
  });

  it("bounds a tensor by its bytes before it makes one", () => {
    const large = { dims: [64, 2 ** 40], data: [] };
    const found = refusal(() =>
      decodeJson(inputs(large), [port("float32", DataType.FLOAT, ["N", "M"])], RULES),
    );
    expect(found.code).toBe("INVALID_INPUT");
  });

  it("ends in tensors or a refusal, whatever the JSON", () => {
    const keys = fc.constantFrom("inputs", "x", "dims", "data", "type", "__proto__");
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, 0, 1, 2.5, -1, "float32", "x"),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (document) => {
        try {
          decodeJson(
            new TextEncoder().encode(JSON.stringify(document)),
            [port("float32", DataType.FLOAT)],
            RULES,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
