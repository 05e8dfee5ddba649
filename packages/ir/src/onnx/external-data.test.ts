import { describe, expect, it } from "vitest";
import { codeOf, modelBytes, reluGraph, type TensorInit } from "../../testing/onnx-bytes.js";
import { EspalierError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Tensor } from "../tensor.js";
import type { ExternalData } from "./external-data.js";
import { readModel } from "./read-model.js";

interface Entries {
  readonly [key: string]: string;
}

/** float[size] in external data, 4 bytes each. */
function external(entries: Entries, size = 1, name = "w"): TensorInit {
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return { name, dataType: 1, dims: [BigInt(size)], dataLocation: 1, externalData };
}

function read(tensors: TensorInit[], source?: ExternalData, limits: Partial<Limits> = {}): Tensor[] {
  const bytes = modelBytes(reluGraph({ initializer: tensors }));
  const model = readModel(bytes, { limits, ...(source === undefined ? {} : { external: source }) });
  return [...model.graph.initializers].map(({ initializer }) => initializer as Tensor);
}

/** Files in memory that remember what was opened and read. */
function files(content: Readonly<Record<string, Uint8Array>>): ExternalData & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    open(location) {
      log.push(`open ${location}`);
      const bytes = content[location];
      if (bytes === undefined)
        throw new EspalierError("EXTERNAL_MISSING", "no such file", { where: location });
      return {
        byteLength: bytes.byteLength,
        read(offset, length) {
          log.push(`read ${offset}+${length}`);
          return bytes.subarray(offset, offset + length);
        },
      };
    },
  };
}

const ten = Uint8Array.from({ length: 10 }, (_, i) => i);

describe("external data", () => {
  it("is opened once and read when asked for", () => {
    const source = files({ "w.bin": ten });
    const [a, b] = read(
      [external({ location: "w.bin", offset: "4", length: "4" }), external({ location: "w.bin" }, 1, "v")],
      source,
    );
    expect(source.log).toEqual(["open w.bin"]);
    expect([...(a?.bytes() ?? [])]).toEqual([4, 5, 6, 7]);
    expect([...(b?.bytes() ?? [])]).toEqual([0, 1, 2, 3]);
    expect(source.log).toEqual(["open w.bin", "read 4+4", "read 0+4"]);
    expect(a?.storage).toMatchObject({ kind: "external", location: "w.bin", byteLength: 4 });
  });

  it("that is missing fails only the tensor", () => {
    for (const source of [undefined, files({})]) {
      const [w] = read([external({ location: "w.bin" })], source);
      expect(w?.byteLength).toBe(4);
      expect(codeOf(() => w?.bytes())).toBe("EXTERNAL_MISSING");
    }
  });

  it("reports what the host reports", () => {
    const refusing: ExternalData = {
      open() {
        throw new EspalierError("EXTERNAL_LINK", "a symbolic link");
      },
    };
    expect(codeOf(() => read([external({ location: "w" })], refusing))).toBe("EXTERNAL_LINK");
    const broken: ExternalData = {
      open() {
        throw new TypeError("broken host");
      },
    };
    expect(codeOf(() => read([external({ location: "w" })], broken))).toBe("IO");
    const unreadable: ExternalData = {
      open: () => ({
        byteLength: 4,
        read() {
          throw new TypeError("broken host");
        },
      }),
    };
    expect(codeOf(() => read([external({ location: "w" })], unreadable)[0]?.bytes())).toBe("IO");
  });

  it("notices a file that shrinks", () => {
    const shrinking: ExternalData = { open: () => ({ byteLength: 4, read: () => new Uint8Array(3) }) };
    expect(codeOf(() => read([external({ location: "w" })], shrinking)[0]?.bytes())).toBe("EXTERNAL_RANGE");
  });

  it.each([
    ["nothing", ""],
    ["an absolute path", "/etc/passwd"],
    ["a parent folder", "../w.bin"],
    ["a parent folder further in", "a/../../w.bin"],
    ["a parent folder that stays inside", "a/../w.bin"],
    ["a drive", "C:w.bin"],
    ["a drive with a path", "C:/w.bin"],
    ["a scheme", "file:w.bin"],
    ["a stream", "w.bin:stream"],
    ["a UNC path", "\\\\server\\share"],
    ["a UNC path with slashes", "//server/share"],
    ["a backslash", "a\\b"],
    ["a NUL", "w.bin\0.txt"],
    ["a line break", "w\n.bin"],
    ["an empty segment", "a//b"],
    ["a folder", "a/"],
    ["the folder itself", "."],
    ["a trailing dot", "w.bin."],
    ["a trailing space", "w.bin "],
    ["a folder with a trailing dot", "a./w.bin"],
    ["an address in memory", "*/_ORT_MEM_ADDR_/*"],
  ])("refuses %s as EXTERNAL_PATH", (_, location) => {
    const source = files({});
    expect(codeOf(() => read([external({ location })], source))).toBe("EXTERNAL_PATH");
    expect(source.log).toEqual([]);
  });

  it.each([
    ["w.bin", "w.bin"],
    ["./w.bin", "w.bin"],
    ["a/b/w.bin", "a/b/w.bin"],
    ["%2e%2e%2fw.bin", "%2e%2e%2fw.bin"],
    [".hidden", ".hidden"],
    ["..w", "..w"],
    ["gewichte-ä.bin", "gewichte-ä.bin"],
  ])("opens %s", (location, opened) => {
    const source = files({});
    read([external({ location })], source);
    expect(source.log).toEqual([`open ${opened}`]);
  });

  it.each<[string, string, Entries]>([
    ["no location", "EXTERNAL_PATH", {}],
    ["a base path", "EXTERNAL_PATH", { location: "w", basepath: "/etc" }],
    ["an unknown key", "UNSUPPORTED", { location: "w", mode: "rw" }],
    ["a key of the prototype", "UNSUPPORTED", { location: "w", ["__proto__"]: "1" }],
    ["a negative offset", "MALFORMED", { location: "w", offset: "-4" }],
    ["a hexadecimal length", "MALFORMED", { location: "w", length: "0x4" }],
    ["an empty length", "MALFORMED", { location: "w", length: "" }],
    ["a fraction", "MALFORMED", { location: "w", offset: "4.0" }],
    ["an offset of 2^53 + 1", "OVERFLOW", { location: "w", offset: "9007199254740993" }],
    ["an end beyond 2^53", "OVERFLOW", { location: "w", offset: "9007199254740991" }],
    ["a length that does not fit the dimensions", "TENSOR_SIZE", { location: "w", length: "8" }],
    ["a range past the end", "EXTERNAL_RANGE", { location: "w", offset: "8" }],
    ["an offset past the end", "EXTERNAL_RANGE", { location: "w", offset: "11", length: "4" }],
  ])("refuses %s as %s", (_, code, entries) => {
    expect(codeOf(() => read([external(entries)], files({ w: ten })))).toBe(code);
  });

  it("refuses a key given twice, strings, and what the limits forbid", () => {
    const externalData = ["v", "w"].map((value) => ({ key: "location", value }));
    const twice = { ...external({}), externalData } as TensorInit;
    expect(codeOf(() => read([twice]))).toBe("DUPLICATE");
    expect(codeOf(() => read([{ ...external({ location: "w" }), dataType: 8 } as TensorInit]))).toBe(
      "UNSUPPORTED",
    );
    expect(codeOf(() => read([{ ...external({ location: "w" }), dataType: 99 } as TensorInit]))).toBe(
      "UNSUPPORTED",
    );
    const two = [external({ location: "a" }), external({ location: "b" }, 1, "v")];
    expect(codeOf(() => read(two, undefined, { externalBytes: 7 }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => read(two, undefined, { tensorBytes: 3 }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => read(two, undefined, { externalBytes: 8 }))).toBe("none");
    expect(codeOf(() => read([external({ location: "a".repeat(5000) })]))).toBe("LIMIT_EXCEEDED");
  });

  it("may be one range for two tensors, but not overlap in part", () => {
    const at = (offset: number, size: number, name: string): TensorInit =>
      external({ location: "w", offset: String(offset) }, size, name);
    expect(codeOf(() => read([at(0, 2, "a"), at(8, 1, "b"), at(0, 2, "c")]))).toBe("none");
    expect(codeOf(() => read([at(0, 2, "a"), at(4, 2, "b")]))).toBe("AMBIGUOUS");
    expect(codeOf(() => read([at(0, 2, "a"), at(0, 1, "b")]))).toBe("AMBIGUOUS");
    expect(codeOf(() => read([at(0, 2, "a"), at(4, 0, "b"), at(4, 1, "c")]))).toBe("AMBIGUOUS");
    expect(codeOf(() => read([at(0, 2, "a"), at(4, 0, "b")]))).toBe("none");
    const dotted = external({ location: "./w", offset: "4" }, 2, "b");
    expect(codeOf(() => read([at(0, 2, "a"), dotted]))).toBe("AMBIGUOUS");
  });

  it("is refused inside local functions and training information", () => {
    const t = external({ location: "w" });
    const node = { opType: "Constant", output: ["y"], attribute: [{ name: "value", type: 4, t }] };
    const functions = [{ name: "F", domain: "f", output: ["y"], node: [node] }];
    expect(codeOf(() => readModel(modelBytes(reluGraph(), { functions })))).toBe("UNSUPPORTED");
    const trainingInfo = [{ algorithm: { initializer: [t] } }];
    expect(codeOf(() => readModel(modelBytes(reluGraph(), { trainingInfo })))).toBe("UNSUPPORTED");
  });
});
