// Structure, names, subgraphs and functions: what is defined twice, nowhere, too late, by itself, or too often.

import { hostile, overLimit } from "../case.js";
import { attribute, call, graph, graphAttr, intAttr, localFunction, model, modelOf, node, opset, valueInfo, zeros } from "../onnx-wire.js"; // biome-ignore format: a list
import { bytes, concat, int, len, text, utf8 } from "../wire.js";

const good = modelOf();
const fOpset = opset(1, "f");
const relu = (from: string, to: string): Uint8Array => node("Relu", [from], [to]);

/** `y = If(c) then ... else ...` with the same branch twice. */
const ifModel = (branch: Uint8Array, more: readonly Uint8Array[] = []): Uint8Array =>
  modelOf({
    nodes: [
      ...more,
      node("If", ["c"], ["y"], graphAttr("then_branch", branch), graphAttr("else_branch", branch)),
    ],
    inputs: [valueInfo("x"), valueInfo("c", [], 9)],
  });
const branch = (
  nodes: readonly Uint8Array[],
  output = "z",
  more: Parameters<typeof graph>[0] = {},
): Uint8Array => graph({ nodes, inputs: [], outputs: [valueInfo(output)], ...more });

function nestedIfs(depth: number): Uint8Array {
  let inner = branch([relu("x", "z")]);
  for (let i = 0; i < depth - 1; i++) {
    inner = branch(
      [
        node(
          "If",
          ["c"],
          [`z${i}`],
          graphAttr("then_branch", inner),
          graphAttr("else_branch", branch([relu("x", "e")], "e")),
        ),
      ],
      `z${i}`,
    );
  }
  return ifModel(inner);
}

function doubling(count: number): Uint8Array {
  const functions = Array.from({ length: count }, (_, i) =>
    localFunction(
      `f${i}`,
      i === 0 ? [relu("a", "b")] : [call(`f${i - 1}`, ["a"], ["m"]), call(`f${i - 1}`, ["m"], ["b"])],
    ),
  );
  return modelOf({ nodes: [call(`f${count - 1}`, ["x"], ["y"])] }, ...functions, fOpset);
}

function callChain(count: number): Uint8Array {
  const functions = Array.from({ length: count }, (_, i) =>
    localFunction(`f${i}`, [i === 0 ? relu("a", "b") : call(`f${i - 1}`, ["a"], ["b"])]),
  );
  return modelOf({ nodes: [call(`f${count - 1}`, ["x"], ["y"])] }, ...functions, fOpset);
}

export const GRAPH_CASES = [
  // Structure
  hostile("no graph", "MALFORMED", () => concat(int(1, 8), opset(17))),
  hostile("no opset", "MALFORMED", () => concat(int(1, 8), len(7, graph()))),
  hostile("no standard opset", "MALFORMED", () => concat(int(1, 8), len(7, graph()), opset(1, "custom"))),
  hostile("opset twice", "DUPLICATE", () => concat(good, opset(17))),
  hostile("opset twice by another name", "DUPLICATE", () => concat(good, opset(16, "ai.onnx"))),
  hostile("opset 999", "UNSUPPORTED_VERSION", () => concat(int(1, 8), len(7, graph()), opset(999))),
  hostile("opset 0", "UNSUPPORTED_VERSION", () => concat(int(1, 8), len(7, graph()), opset(0))),
  hostile("opset -1", "UNSUPPORTED_VERSION", () => concat(int(1, 8), len(7, graph()), opset(-1))),
  hostile("opset 2^62", "OVERFLOW", () => concat(int(1, 8), len(7, graph()), opset(2n ** 62n))),
  hostile("IR version 0", "UNSUPPORTED_VERSION", () => concat(len(7, graph()), opset(17))),
  hostile("IR version 99", "UNSUPPORTED_VERSION", () => concat(int(1, 99), len(7, graph()), opset(17))),
  hostile("IR version 2^63 - 1", "OVERFLOW", () =>
    concat(int(1, 2n ** 63n - 1n), len(7, graph()), opset(17)),
  ),
  hostile("node without an operator", "MALFORMED", () => modelOf({ nodes: [node("", ["x"], ["y"])] })),
  hostile("self-cycle", "CYCLE", () => modelOf({ nodes: [relu("y", "y")] })),
  hostile("cycle of two", "CYCLE", () =>
    modelOf({ nodes: [relu("b", "a"), relu("a", "b"), relu("a", "y")] }),
  ),
  hostile("cycle of 2 000", "CYCLE", () =>
    modelOf({
      nodes: [
        ...Array.from({ length: 2000 }, (_, i) => relu(`v${i}`, `v${(i + 1) % 2000}`)),
        relu("v0", "y"),
      ],
    }),
  ),
  hostile("nodes out of order", "opens", () => modelOf({ nodes: [relu("m", "y"), relu("x", "m")] })),
  hostile("node reads what nothing defines", "UNDEFINED_VALUE", () =>
    modelOf({ nodes: [relu("nothing", "y")] }),
  ),
  hostile("output that nothing defines", "UNDEFINED_VALUE", () =>
    modelOf({ outputs: [valueInfo("nothing")] }),
  ),
  hostile("attribute twice", "DUPLICATE", () =>
    modelOf({ nodes: [node("Elu", ["x"], ["y"], intAttr("alpha", 1), intAttr("alpha", 2))] }),
  ),
  hostile("attribute without a type", "MALFORMED", () =>
    modelOf({ nodes: [node("Relu", ["x"], ["y"], len(5, text(1, "a"), int(3, 1)))] }),
  ),
  hostile("attribute of another kind than its type", "AMBIGUOUS", () =>
    modelOf({ nodes: [node("Relu", ["x"], ["y"], attribute("a", 2, len(4, utf8("s"))))] }),
  ),
  hostile("attribute with two values", "AMBIGUOUS", () =>
    modelOf({ nodes: [node("Relu", ["x"], ["y"], attribute("a", 2, int(3, 1), len(8, bytes(1))))] }),
  ),
  hostile("graph attribute without a graph", "MALFORMED", () =>
    modelOf({ nodes: [node("If", ["x"], ["y"], attribute("then_branch", 5))] }),
  ),
  hostile("tensor attribute without a tensor", "MALFORMED", () =>
    modelOf({ nodes: [node("Constant", [], ["y"], attribute("value", 4))] }),
  ),
  hostile("attribute of a type to come", "opens", () =>
    modelOf({ nodes: [node("Relu", ["x"], ["y"], attribute("a", 99))] }),
  ),
  hostile("metadata key twice", "DUPLICATE", () =>
    concat(good, len(14, text(1, "k"), text(2, "1")), len(14, text(1, "k"), text(2, "2"))),
  ),
  hostile("unknown operator", "opens", () => modelOf({ nodes: [node("NoSuchOperator", ["x"], ["y"])] })),
  // Names
  hostile("two inputs of one name", "DUPLICATE", () => modelOf({ inputs: [valueInfo("x"), valueInfo("x")] })),
  hostile("initialiser twice", "DUPLICATE", () =>
    modelOf({ initializers: [zeros("w", [1]), zeros("w", [1])] }),
  ),
  hostile("sparse initialiser with the name of a dense one", "DUPLICATE", () =>
    modelOf({
      initializers: [zeros("w", [1])],
      more: [
        len(15, len(1, zeros("w", [1])), len(2, int(1, 1), int(2, 7), len(9, new Uint8Array(8))), int(3, 1)),
      ],
    }),
  ),
  hostile("output twice", "DUPLICATE", () => modelOf({ nodes: [relu("x", "y"), relu("x", "y")] })),
  hostile("output of one node twice", "DUPLICATE", () =>
    modelOf({ nodes: [node("Split", ["x"], ["y", "y"])] }),
  ),
  hostile("output with the name of an input", "DUPLICATE", () =>
    modelOf({ nodes: [relu("x", "x")], outputs: [valueInfo("x")] }),
  ),
  hostile("output with the name of an initialiser", "DUPLICATE", () =>
    modelOf({ nodes: [relu("x", "w")], initializers: [zeros("w", [1])], outputs: [valueInfo("w")] }),
  ),
  hostile("input without a name", "MALFORMED", () => modelOf({ inputs: [valueInfo("x"), valueInfo("")] })),
  hostile("initialiser without a name", "MALFORMED", () => modelOf({ initializers: [zeros("", [1])] })),
  hostile("two nodes of one name", "opens", () =>
    modelOf({ nodes: [node("Relu", ["x"], ["m"], text(3, "n")), node("Relu", ["m"], ["y"], text(3, "n"))] }),
  ),
  hostile("value with two element types", "AMBIGUOUS", () => modelOf({ values: [valueInfo("x", [1], 7)] })),
  hostile("NUL in a name", "opens", () => modelOf({ nodes: [relu("x", "a\0b"), relu("a\0b", "y")] })),
  hostile("__proto__ as a name", "opens", () =>
    modelOf({ nodes: [relu("x", "__proto__"), relu("__proto__", "y")] }),
  ),
  hostile("constructor as an attribute", "opens", () =>
    modelOf({ nodes: [node("Relu", ["x"], ["y"], intAttr("constructor", 1), intAttr("__proto__", 1))] }),
  ),
  hostile("__proto__ as a metadata key", "opens", () =>
    concat(good, len(14, text(1, "__proto__"), text(2, "x"))),
  ),
  hostile("bidirectional override in a name", "opens", () =>
    modelOf({ nodes: [relu("x", "\u202eb"), relu("\u202eb", "y")] }),
  ),
  hostile("name of 1 MB", "LIMIT_EXCEEDED", () => modelOf({ nodes: [relu("x", "n".repeat(1e6))] }), {
    limit: "nameBytes",
  }),
  hostile("name of 4 097 bytes", "LIMIT_EXCEEDED", () => modelOf({ nodes: [relu("x", "n".repeat(4097))] }), {
    limit: "nameBytes",
  }),
  hostile("name of 4 096 bytes", "opens", () =>
    modelOf({ nodes: [relu("x", "y"), relu("x", "n".repeat(4096))] }),
  ),
  // Limits of counts
  overLimit("nodes", "nodes", 3, () =>
    modelOf({ nodes: [relu("x", "a"), relu("a", "b"), relu("b", "c"), relu("c", "y")] }),
  ),
  overLimit("initialisers", "initializers", 2, () =>
    modelOf({ initializers: ["a", "b", "c"].map((name) => zeros(name, [1])) }),
  ),
  overLimit("attributes of a node", "attributesPerNode", 2, () =>
    modelOf({ nodes: [node("R", ["x"], ["y"], intAttr("a", 1), intAttr("b", 1), intAttr("c", 1))] }),
  ),
  overLimit("inputs of a node", "inputsPerNode", 2, () =>
    modelOf({ nodes: [node("Sum", ["x", "x", "x"], ["y"])] }),
  ),
  overLimit("outputs of a node", "inputsPerNode", 2, () =>
    modelOf({ nodes: [node("Split", ["x"], ["y", "a", "b"])] }),
  ),
  overLimit("functions", "functions", 2, () => callChain(3)),
  // Subgraphs
  hostile("If", "opens", () => ifModel(branch([relu("x", "z")]))),
  hostile("30 nested Ifs", "opens", () => nestedIfs(30)),
  hostile("32 nested Ifs", "DEPTH_EXCEEDED", () => nestedIfs(32)),
  hostile("subgraphs deeper than a small limit", "DEPTH_EXCEEDED", () => nestedIfs(3), {
    limits: { subgraphDepth: 2 },
  }),
  hostile(
    "3 000 nested Ifs",
    "DEPTH_EXCEEDED",
    () => {
      let inner = branch([relu("x", "z")]);
      for (let i = 0; i < 3000; i++)
        inner = concat(
          len(1, node("If", ["c"], ["q"], graphAttr("then_branch", inner))),
          len(12, valueInfo("q")),
        );
      return ifModel(inner);
    },
    { amplifies: true },
  ),
  hostile("cycle in a subgraph", "CYCLE", () => ifModel(branch([relu("q", "z"), relu("z", "q")]))),
  hostile("subgraph out of order", "UNDEFINED_VALUE", () =>
    ifModel(branch([relu("m", "z"), relu("x", "m")])),
  ),
  hostile("subgraph reads what nothing defines", "UNDEFINED_VALUE", () =>
    ifModel(branch([relu("nothing", "z")])),
  ),
  hostile("subgraph gives out an outer value", "UNDEFINED_VALUE", () => ifModel(branch([], "x"))),
  hostile("subgraph output shadows an outer value", "DUPLICATE", () =>
    ifModel(branch([relu("x", "m")], "m"), [relu("x", "m")]),
  ),
  hostile("subgraph reads the output of its own node", "CYCLE", () => ifModel(branch([relu("y", "z")]))),
  hostile("duplicate initialiser in a subgraph", "DUPLICATE", () =>
    ifModel(branch([relu("x", "z")], "z", { initializers: [zeros("w", [1]), zeros("w", [1])] })),
  ),
  hostile("subgraph reads what a sibling defines", "UNDEFINED_VALUE", () =>
    modelOf({
      nodes: [
        node(
          "If",
          ["c"],
          ["y"],
          graphAttr("then_branch", branch([relu("x", "a")], "a")),
          graphAttr("else_branch", branch([relu("a", "b")], "b")),
        ),
      ],
      inputs: [valueInfo("x"), valueInfo("c", [], 9)],
    }),
  ),
  // Functions
  hostile("functions in a row", "opens", () => callChain(20)),
  hostile("10 doubling functions", "opens", () => doubling(10)),
  hostile("30 doubling functions", "LIMIT_EXCEEDED", () => doubling(30), { limit: "nodes" }),
  hostile("2 000 doubling functions, more than any number holds", "LIMIT_EXCEEDED", () => doubling(2000), {
    limit: "functionCallDepth",
  }),
  hostile("101 levels of calls", "LIMIT_EXCEEDED", () => callChain(101), { limit: "functionCallDepth" }),
  hostile("100 levels of calls", "opens", () => callChain(100)),
  hostile("function that calls itself", "CYCLE", () =>
    modelOf({ nodes: [call("s", ["x"], ["y"])] }, localFunction("s", [call("s", ["a"], ["b"])]), fOpset),
  ),
  hostile("two functions that call each other", "CYCLE", () =>
    modelOf(
      { nodes: [call("p", ["x"], ["y"])] },
      localFunction("p", [call("q", ["a"], ["b"])]),
      localFunction("q", [call("p", ["a"], ["b"])]),
      fOpset,
    ),
  ),
  hostile("function that calls itself in a subgraph", "CYCLE", () =>
    modelOf(
      { nodes: [call("s", ["x"], ["y"])] },
      localFunction("s", [
        node(
          "If",
          ["a"],
          ["b"],
          graphAttr("then_branch", branch([call("s", ["a"], ["z"])])),
          graphAttr("else_branch", branch([relu("a", "z")])),
        ),
      ]),
      fOpset,
    ),
  ),
  hostile("function twice", "DUPLICATE", () =>
    modelOf({}, localFunction("s", [relu("a", "b")]), localFunction("s", [relu("a", "b")]), fOpset),
  ),
  hostile("function input twice", "DUPLICATE", () =>
    modelOf({}, localFunction("s", [relu("a", "b")], { inputs: ["a", "a"] }), fOpset),
  ),
  hostile("function output that nothing defines", "UNDEFINED_VALUE", () =>
    modelOf({}, localFunction("s", [relu("a", "c")]), fOpset),
  ),
  hostile("function reads the main graph", "UNDEFINED_VALUE", () =>
    modelOf({}, localFunction("s", [relu("x", "b")]), fOpset),
  ),
  hostile("function body out of order", "UNDEFINED_VALUE", () =>
    modelOf({}, localFunction("s", [relu("m", "b"), relu("a", "m")]), fOpset),
  ),
  hostile("function body with a cycle", "CYCLE", () =>
    modelOf({}, localFunction("s", [relu("b", "m"), relu("m", "b")]), fOpset),
  ),
  hostile("function attribute twice", "DUPLICATE", () =>
    modelOf({}, localFunction("s", [relu("a", "b")], {}, text(6, "k"), text(6, "k")), fOpset),
  ),
  hostile("a model that is all of one node", "opens", () => model(graph())),
];
