import { DataType, floatTensor, isEspalierError, rawTensor, type Tensor } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSafetensors } from "./read-safetensors.js";
import { SAFETENSORS_TYPES, safetensorsCode } from "./safetensors-types.js";
import { writeSafetensors } from "./write-safetensors.js";

/** A file: header as text or bytes, `data` zero bytes, a length of the header where it is to be wrong. */
function file(header: string | Uint8Array, data = 0, length?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.byteLength + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.byteLength), true);
  bytes.set(text, 8);
  return bytes;
}

const info = (dtype: string, shape: readonly unknown[], begin: unknown, end: unknown): string =>
  `{"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${begin},${end}]}`;

describe("files of the format's own writer", () => {
  // The bytes that the Rust implementation's tests hold (huggingface/safetensors, tensor.rs, test_serialization).
  const header = '{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}';
  const reference = file(header, 24);
  reference.set(new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer), 8 + 64);

  it("are read", () => {
    expect(reference[0]).toBe(64);
    const { tensors, metadata } = readSafetensors(reference);
    const tensor = tensors.get("attn.0") as Tensor;
    expect([tensor.dataType, tensor.dims]).toEqual([DataType.FLOAT, [1, 2, 3]]);
    expect([...new Float32Array(tensor.bytes().slice().buffer)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(metadata.size).toBe(0);
  });

  it("are written byte for byte", () => {
    expect(writeSafetensors(new Map([["attn.0", floatTensor([1, 2, 3], [0, 1, 2, 3, 4, 5])]]))).toEqual(
      reference,
    );
    expect([...writeSafetensors(new Map())]).toEqual([
      8, 0, 0, 0, 0, 0, 0, 0, 123, 125, 32, 32, 32, 32, 32, 32,
    ]);
  });

  it("lie in views: nothing is copied", () => {
    const { tensors } = readSafetensors(reference);
    expect(tensors.get("attn.0")?.bytes().buffer).toBe(reference.buffer);
  });
});

describe("written and read again", () => {
  const name = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom("__proto__", "1", "a.b"),
  );
  const tensor = fc
    .record({
      dtype: fc.constantFrom(...SAFETENSORS_TYPES),
      dims: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
      fill: fc.nat(255),
    })
    .map(({ dtype, dims, fill }) => {
      const size = dims.reduce((product, dim) => product * dim, 1);
      const code = safetensorsCode(dtype) as number;
      const width = BYTES.get(dtype) as number;
      return rawTensor(code, dims, new Uint8Array(size * width).fill(fill));
    });

  it("any tensors and texts are the same", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 8 }),
        fc.uniqueArray(fc.tuple(name, fc.string()), { selector: ([key]) => key, maxLength: 3 }),
        (entries, notes) => {
          const usable = entries.filter(([key]) => key !== "__metadata__");
          const bytes = writeSafetensors(new Map(usable), new Map(notes));
          const { tensors, metadata } = readSafetensors(bytes);
          expect(new Map(metadata)).toEqual(new Map(notes));
          expect([...tensors.keys()].sort()).toEqual(usable.map(([key]) => key).sort());
          for (const [key, { dataType, dims, ...one }] of usable) {
            const read = tensors.get(key) as Tensor;
            expect([read.dataType, read.dims]).toEqual([dataType, dims]);
            expect(Buffer.compare(read.bytes(), (one.storage as { bytes: Uint8Array }).bytes)).toBe(0);
          }
          // Another order is the same file; data begins at a multiple of eight.
          expect(
            Buffer.compare(writeSafetensors(new Map([...usable].reverse()), new Map(notes)), bytes),
          ).toBe(0);
          expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("a damaged file ends in tensors or in a coded error", () => {
    const whole = writeSafetensors(
      new Map([
        ["a.weight", floatTensor([2, 3], [1, 2, 3, 4, 5, 6])],
        ["b", rawTensor(DataType.FLOAT16, [3], new Uint8Array(6))],
      ]),
      new Map([["format", "pt"]]),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.nat(whole.byteLength),
        (changes, length) => {
          const damaged = whole.slice(0, Math.max(length, 1));
          for (const [at, byte] of changes) if (at < damaged.byteLength) damaged[at] = byte;
          try {
            readSafetensors(damaged);
          } catch (error) {
            expect(isEspalierError(error)).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("refuses what the format has not", () => {
    expect(
      codeOf(() => writeSafetensors(new Map([["x", rawTensor(DataType.INT4, [2], new Uint8Array(1))]]))),
    ).toBe("UNSUPPORTED");
    expect(codeOf(() => writeSafetensors(new Map([["__metadata__", floatTensor([], [1])]])))).toBe(
      "INVALID_OPTION",
    );
  });
});

describe("hostile files", () => {
  const one = info("F32", [1], 0, 4);
  const cases: readonly [name: string, bytes: Uint8Array, code: string][] = [
    ["nothing", new Uint8Array(0), "TRUNCATED"],
    ["seven bytes", new Uint8Array(7), "TRUNCATED"],
    ["a header beyond the file", file(`{"a":${one}}`, 4, 1000n), "TRUNCATED"],
    ["a header one byte beyond", file("{}", 0, 3n), "TRUNCATED"],
    ["a header of more than 100 MB", file("{}", 0, 100_000_001n), "LIMIT_EXCEEDED"],
    ["a header of 2^64 − 1 bytes", file("{}", 0, 2n ** 64n - 1n), "LIMIT_EXCEEDED"],
    ["a header of 2^63 bytes", file("{}", 0, 2n ** 63n), "LIMIT_EXCEEDED"],
    ["another format (zip)", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0), "TRUNCATED"],
    ["an empty header", file(""), "INVALID_CHECKPOINT"],
    ["an array as header", file("[]"), "INVALID_CHECKPOINT"],
    ["a space before the brace", file(" {}"), "INVALID_CHECKPOINT"],
    ["a byte order mark", file("\ufeff{}"), "INVALID_CHECKPOINT"],
    ["no UTF-8", file(Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d)), "INVALID_CHECKPOINT"],
    ["an open object", file(`{"a":${one}`, 4), "INVALID_CHECKPOINT"],
    ["two documents", file(`{}{"a":${one}}`, 4), "INVALID_CHECKPOINT"],
    ["equal names", file(`{"a":${one},"a":${one}}`, 4), "INVALID_CHECKPOINT"],
    ["equal names in another spelling", file(`{"a":${one},"\\u0061":${one}}`, 4), "INVALID_CHECKPOINT"],
    [
      "equal keys in a tensor",
      file('{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1),
      "INVALID_CHECKPOINT",
    ],
    ["a depth bomb", file(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), "INVALID_CHECKPOINT"],
    [
      "a nested shape",
      file('{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}', 4),
      "INVALID_CHECKPOINT",
    ],
    ["a tensor that is a number", file('{"a":1}'), "INVALID_CHECKPOINT"],
    ["no element type", file('{"a":{"shape":[1],"data_offsets":[0,4]}}', 4), "INVALID_CHECKPOINT"],
    ["no offsets", file('{"a":{"dtype":"F32","shape":[1]}}', 4), "INVALID_CHECKPOINT"],
    [
      "three offsets",
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', 4),
      "INVALID_CHECKPOINT",
    ],
    ["a negative dimension", file(`{"a":${info("F32", [-1, -1], 0, 4)}}`, 4), "INVALID_CHECKPOINT"],
    ["half a dimension", file(`{"a":${info("F32", [0.5], 0, 2)}}`, 2), "INVALID_CHECKPOINT"],
    ["a dimension as text", file(`{"a":${info("F32", ['"1"'], 0, 4)}}`, 4), "INVALID_CHECKPOINT"],
    [
      "a dimension beyond 2^53",
      file(`{"a":${info("F32", ["9007199254740993"], 0, 4)}}`, 4),
      "INVALID_CHECKPOINT",
    ],
    ["a negative offset", file(`{"a":${info("F32", [1], -4, 0)}}`, 4), "INVALID_CHECKPOINT"],
    ["an end before the beginning", file(`{"a":${info("F32", [1], 4, 0)}}`, 4), "INVALID_CHECKPOINT"],
    ["metadata that are no texts", file('{"__metadata__":{"a":1}}'), "INVALID_CHECKPOINT"],
    ["metadata in a list", file('{"__metadata__":["a"]}'), "INVALID_CHECKPOINT"],
    ["an unknown element type", file(`{"a":${info("F33", [1], 0, 4)}}`, 4), "UNSUPPORTED"],
    ["an inherited name as element type", file(`{"a":${info("constructor", [1], 0, 4)}}`, 4), "UNSUPPORTED"],
    ["an element type in small letters", file(`{"a":${info("f32", [1], 0, 4)}}`, 4), "UNSUPPORTED"],
    ["elements of four bits", file(`{"a":${info("F4", [2], 0, 1)}}`, 1), "UNSUPPORTED"],
    ["a shape of more bytes", file(`{"a":${info("F32", [2], 0, 4)}}`, 4), "TENSOR_SIZE"],
    ["a shape of fewer bytes", file(`{"a":${info("F32", [1], 0, 8)}}`, 8), "TENSOR_SIZE"],
    ["a scalar of eight bytes", file(`{"a":${info("F32", [], 0, 8)}}`, 8), "TENSOR_SIZE"],
    ["bytes for no elements", file(`{"a":${info("F32", [0], 0, 4)}}`, 4), "TENSOR_SIZE"],
    ["a product beyond 2^53", file(`{"a":${info("F32", [2 ** 30, 2 ** 30], 0, 4)}}`, 4), "OVERFLOW"],
    ["a product that wraps to 0", file(`{"a":${info("F32", [2 ** 32, 2 ** 32], 0, 0)}}`), "OVERFLOW"],
    ["bytes beyond 2^53", file(`{"a":${info("F64", [2 ** 51], 0, 8)}}`, 8), "OVERFLOW"],
    ["a product hidden behind a 0", file(`{"a":${info("F32", [2 ** 40, 2 ** 40, 0], 0, 0)}}`), "OVERFLOW"],
    ["a tensor beyond the file", file(`{"a":${info("F32", [2], 0, 8)}}`, 4), "TRUNCATED"],
    ["a tensor far beyond the file", file(`{"a":${info("U8", [2 ** 31], 0, 2 ** 31)}}`, 4), "TRUNCATED"],
    ["two tensors on the same bytes", file(`{"a":${one},"b":${one}}`, 4), "AMBIGUOUS"],
    [
      "two tensors that overlap",
      file(`{"a":${info("F32", [2], 0, 8)},"b":${info("F32", [2], 4, 12)}}`, 12),
      "AMBIGUOUS",
    ],
    [
      "a tensor inside another",
      file(`{"a":${info("F32", [3], 0, 12)},"b":${info("F32", [1], 4, 8)}}`, 12),
      "AMBIGUOUS",
    ],
    [
      "an empty tensor inside another",
      file(`{"a":${info("F32", [2], 0, 8)},"b":${info("F32", [0], 4, 4)}}`, 8),
      "AMBIGUOUS",
    ],
    ["a gap before the first", file(`{"a":${info("F32", [1], 4, 8)}}`, 8), "AMBIGUOUS"],
    ["a gap between two", file(`{"a":${one},"b":${info("F32", [1], 8, 12)}}`, 12), "AMBIGUOUS"],
    ["bytes behind the last", file(`{"a":${one}}`, 5), "AMBIGUOUS"],
    ["another file behind it", file("{}", 100), "AMBIGUOUS"],
    ["65 axes", file(`{"a":${info("F32", Array(65).fill(1), 0, 4)}}`, 4), "LIMIT_EXCEEDED"],
    ["a name of 5000 bytes", file(`{"${"a".repeat(5000)}":${one}}`, 4), "LIMIT_EXCEEDED"],
  ];
  for (const [name, bytes, code] of cases) {
    it(`refuses ${name} with ${code}`, () => {
      expect(codeOf(() => readSafetensors(bytes))).toBe(code);
    });
  }

  it("bounds the values of a header before it parses them", () => {
    const bytes = file(`{"a":[${"0,".repeat(1000)}0]}`);
    expect(codeOf(() => readSafetensors(bytes, { limits: { messages: 1000 } }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => readSafetensors(bytes, { limits: { messages: 2000 } }))).toBe("INVALID_CHECKPOINT");
  });

  it("bounds the objects of a header before it parses them", () => {
    const bytes = file("{".repeat(20));
    expect(codeOf(() => readSafetensors(bytes, { limits: { initializers: 10 } }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => readSafetensors(bytes))).toBe("INVALID_CHECKPOINT");
    // 600,000 tensors of 40 bytes of JSON each would take a gigabyte before anybody counted them.
    expect(codeOf(() => readSafetensors(file(`{"a":${"{".repeat(600_000)}`)))).toBe("LIMIT_EXCEEDED");
  });

  it("bounds the number of tensors", () => {
    const bytes = file(`{"a":${one},"b":${info("F32", [1], 4, 8)}}`, 8);
    expect(readSafetensors(bytes, { limits: { initializers: 2 } }).tensors.size).toBe(2);
    expect(codeOf(() => readSafetensors(bytes, { limits: { initializers: 1 } }))).toBe("LIMIT_EXCEEDED");
  });

  it("quotes hostile names harmlessly", () => {
    try {
      readSafetensors(file(`{"\\u001b[31m\\u202e":${info("F33", [1], 0, 4)}}`, 4));
      throw new Error("it was read");
    } catch (error) {
      for (const harmful of ["\u001b", "\u202e"]) expect((error as Error).message).not.toContain(harmful);
    }
  });

  it("takes what is unusual but clear: padding, empty tensors, scalars, unknown keys, __proto__", () => {
    const header = `{"__proto__":{"dtype":"F32","shape":[],"data_offsets":[0,4],"note":1},"e":${info("I64", [3, 0], 4, 4)}}   `;
    const { tensors } = readSafetensors(file(header, 4));
    expect([...tensors.keys()]).toEqual(["__proto__", "e"]);
    expect(tensors.get("e")?.dims).toEqual([3, 0]);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });
});

const BYTES: ReadonlyMap<string, number> = new Map(
  SAFETENSORS_TYPES.map((dtype) => [
    dtype,
    dtype === "BOOL" ? 1 : dtype === "BF16" ? 2 : Number(/\d+/.exec(dtype)?.[0]) / 8,
  ]),
);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isEspalierError(error)) return error.code;
    throw error;
  }
  return "read";
}
