import { DataType, float16ToNumber, GraphBuilder, isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { type Json, readJson } from "../json/strict-json.js";
import { modelBytes } from "../parity/parity.js";
import { openSubject, type Subject } from "../target/subject.js";
import { checkInputSpec, specifiedInputs } from "./specified-inputs.js";

const TYPES = { f: DataType.FLOAT, h: DataType.FLOAT16, i: DataType.INT64 } as const;

function subject(): Subject {
  const builder = new GraphBuilder();
  for (const [name, type] of Object.entries(TYPES))
    builder.output(builder.op("Identity", [builder.input(name, [2, 3], type)]), `${name}_out`);
  return openSubject(modelBytes(builder.model()));
}

const json = (text: string): Json => readJson(new TextEncoder().encode(text), { code: "INVALID_OPTION" });
const draw = (spec: object, files: Record<string, Uint8Array> = {}, seed = 1) =>
  specifiedInputs(
    subject(),
    checkInputSpec(json(JSON.stringify(spec))),
    new Map(Object.entries(files)),
    seed,
  );

function npy(header: string, data: Uint8Array): Uint8Array {
  const text = `\u0093NUMPY\u0001\u0000${String.fromCharCode(header.length, 0)}${header}`;
  return Uint8Array.from([...Array.from(text, (c) => c.charCodeAt(0)), ...data]);
}
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe("specifiedInputs", () => {
  it("draws within a range, whole numbers where the input takes them", () => {
    const sets = draw({ f: { range: [0, 1] }, i: { range: [3, 5] } });
    expect(sets).toHaveLength(4);
    const all = (name: string): number[] =>
      sets.flatMap((set) => Array.from(set[name]?.data as ArrayLike<number>, Number));
    expect(Math.min(...all("f"))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all("f"))).toBeLessThan(1);
    expect(new Set(all("i"))).toEqual(new Set([3, 4, 5]));
  });

  it("gives the same numbers for the same seed", () => {
    const text = (seed: number): string => String(draw({ f: { range: [0, 1] } }, {}, seed)[0]?.f?.data);
    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
  });

  it("fills with one value, or with all of them, and then draws one set", () => {
    const sets = draw({ f: { values: [1, 2, 3, 4, 5, 6] }, h: { values: 0.5 }, i: { values: 7 } });
    expect(sets).toHaveLength(1);
    expect(sets[0]?.f?.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(Array.from(sets[0]?.h?.data as Uint16Array, float16ToNumber)).toEqual(Array(6).fill(0.5));
    expect(sets[0]?.i?.data).toEqual(BigInt64Array.from(Array(6).fill(7n)));
  });

  it("reads raw elements and .npy", () => {
    const data = floats(1, 2, 3, 4, 5, 6);
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
    for (const file of [data, npy(header, data)]) {
      expect(draw({ f: { file: "x" } }, { x: file })[0]?.f?.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    }
  });

  const wrong: readonly [string, object, Record<string, Uint8Array>?][] = [
    ["an input the model does not have", { g: { values: 1 } }],
    ["an inherited name", { toString: { values: 1 } }],
    ["no rule", { f: {} }],
    ["two rules", { f: { values: 1, range: [0, 1] } }],
    ["a range of one", { f: { range: [1] } }],
    ["a range the wrong way round", { f: { range: [1, 0] } }],
    ["fractions for integers", { i: { range: [0, 0.5] } }],
    ["a fraction for an integer", { i: { values: 0.5 } }],
    ["too few values", { f: { values: [1, 2] } }],
    ["values in text", { f: { values: "1" } }],
    ["a file that is not there", { f: { file: "x" } }],
    ["a file of another length", { f: { file: "x" } }, { x: floats(1, 2) }],
    [
      "an array of another shape",
      { f: { file: "x" } },
      { x: npy("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", floats(1, 2, 3, 4, 5, 6)) },
    ],
    [
      "an array in Fortran order",
      { f: { file: "x" } },
      { x: npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", floats(1, 2, 3, 4, 5, 6)) },
    ],
    [
      "an array of objects",
      { f: { file: "x" } },
      { x: npy("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }", floats(1, 2, 3, 4, 5, 6)) },
    ],
    [
      "an array that ends early",
      { f: { file: "x" } },
      { x: npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", floats(1)) },
    ],
    ["a magic word alone", { f: { file: "x" } }, { x: Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59) }],
  ];
  for (const [name, spec, files] of wrong) {
    it(`refuses ${name}`, () => {
      try {
        draw(spec, files);
      } catch (error) {
        expect(isEspalierError(error, "INVALID_OPTION")).toBe(true);
        return;
      }
      throw new Error("it was taken");
    });
  }
});
