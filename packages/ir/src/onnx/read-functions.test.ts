import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { branch, codeOf, modelBytes, type NodeInit, reluGraph, unary } from "../../testing/onnx-bytes.js";
import type { Limits } from "../limits.js";
import type { FunctionProtoSchema } from "./onnx_pb.js";
import { readModel } from "./read-model.js";

type FunctionInit = MessageInitShape<typeof FunctionProtoSchema>;

/** x → node... → y, in the domain "f". */
function fn(name: string, ...node: NodeInit[]): FunctionInit {
  return { name, domain: "f", input: ["x"], output: ["y"], node } as FunctionInit;
}

const call = (name: string, input: string, output: string): NodeInit =>
  ({ ...unary(input, output, name), domain: "f" }) as NodeInit;

/** `main` is called by the main graph. */
function code(functions: FunctionInit[], limits: Partial<Limits> = {}): string {
  const bytes = modelBytes(reluGraph({ node: [call("main", "x", "y")] }), { functions });
  return codeOf(() => readModel(bytes, { limits }));
}

/** `levels` functions, each calling the next twice. */
function doubling(levels: number): FunctionInit[] {
  return Array.from({ length: levels }, (_, i) => {
    const name = i === 0 ? "main" : `f${i}`;
    if (i === levels - 1) return fn(name, unary("x", "y"));
    return fn(name, call(`f${i + 1}`, "x", "a"), call(`f${i + 1}`, "a", "y"));
  });
}

describe("readFunctions", () => {
  it("passes functions through", () => {
    const model = readModel(modelBytes(reluGraph(), { functions: [fn("F", unary("x", "y"))] }));
    expect(model.functions).toMatchObject([{ domain: "f", name: "F", overload: "" }]);
  });

  it("tells overloads apart, and a domain written in two ways not", () => {
    const overloaded = { ...fn("main", unary("x", "y")), overload: "2" } as FunctionInit;
    expect(code([fn("main", unary("x", "y")), overloaded])).toBe("none");
    const standard = (domain: string): FunctionInit =>
      ({ ...fn("F", unary("x", "y")), domain }) as FunctionInit;
    expect(code([standard("ai.onnx"), standard("")])).toBe("DUPLICATE");
  });

  it.each<[string, string, FunctionInit[]]>([
    ["a function defined twice", "DUPLICATE", [fn("a", unary("x", "y")), fn("a", unary("x", "y"))]],
    [
      "an input given twice",
      "DUPLICATE",
      [{ ...fn("a", unary("x", "y")), input: ["x", "x"] } as FunctionInit],
    ],
    ["a value defined twice", "DUPLICATE", [fn("a", unary("x", "y"), unary("x", "y"))]],
    [
      "an attribute given twice",
      "DUPLICATE",
      [{ ...fn("a", unary("x", "y")), attribute: ["k", "k"] } as FunctionInit],
    ],
    [
      "an opset given twice",
      "DUPLICATE",
      [{ ...fn("a", unary("x", "y")), opsetImport: [{}, {}] } as FunctionInit],
    ],
    ["a value nothing defines", "UNDEFINED_VALUE", [fn("a", unary("z", "y"))]],
    ["an output nothing defines", "UNDEFINED_VALUE", [fn("a", unary("x", "z"))]],
    ["unsorted nodes", "UNDEFINED_VALUE", [fn("a", unary("b", "y"), unary("x", "b"))]],
    ["a cycle of nodes", "CYCLE", [fn("a", unary("b", "c"), unary("c", "b"), unary("x", "y"))]],
    ["a function that calls itself", "CYCLE", [fn("main", call("main", "x", "y"))]],
    [
      "two functions that call each other",
      "CYCLE",
      [fn("main", call("b", "x", "y")), fn("b", call("main", "x", "y"))],
    ],
    [
      "a function that calls itself from a branch",
      "CYCLE",
      [
        fn(
          "main",
          unary("x", "c"),
          branch(
            "y",
            { node: [call("main", "x", "a")], output: [{ name: "a" }] },
            { node: [unary("x", "b")], output: [{ name: "b" }] },
          ),
        ),
      ],
    ],
  ])("refuses %s as %s", (_, expected, functions) => {
    expect(code(functions)).toBe(expected);
  });

  it("counts nodes as often as they are called, without inlining", () => {
    expect(code(doubling(17), { nodes: 3 * 2 ** 16 - 1 })).toBe("none");
    expect(code(doubling(17), { nodes: 3 * 2 ** 16 - 2 })).toBe("LIMIT_EXCEEDED");
    expect(code(doubling(30))).toBe("LIMIT_EXCEEDED");
  });

  it("survives sizes beyond all numbers", () => {
    expect(code(doubling(1100), { functionCallDepth: 2000 })).toBe("LIMIT_EXCEEDED");
  });

  it("holds the limit on the depth of calls", () => {
    const chain = (length: number): FunctionInit[] =>
      Array.from({ length }, (_, i) => {
        const next = i === length - 1 ? unary("x", "y") : call(`f${i + 1}`, "x", "y");
        return fn(i === 0 ? "main" : `f${i}`, next);
      });
    expect(code(chain(100))).toBe("none");
    expect(code(chain(101))).toBe("LIMIT_EXCEEDED");
    expect(code(chain(9999), { functionCallDepth: 9999 })).toBe("none");
  });
});
