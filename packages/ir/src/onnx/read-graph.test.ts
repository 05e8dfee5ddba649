import { describe, expect, it } from "vitest";
import {
  branch,
  codeOf,
  floats,
  type GraphInit,
  modelBytes,
  reluGraph,
  unary,
  zeros,
} from "../../testing/onnx-bytes.js";
import { cloneModel } from "../graph/clone.js";
import { type Graph, graphsWithin } from "../graph/graph.js";
import { readModel } from "./read-model.js";

const read = (graph: GraphInit): Graph => readModel(modelBytes(graph)).graph;
const code = (graph: GraphInit): string => codeOf(() => read(graph));

const condition = { name: "c", type: { value: { case: "tensorType" as const, value: { elemType: 9 } } } };
const body = (node: GraphInit["node"], output: string, extra: GraphInit = {}): GraphInit =>
  ({ name: "body", node, output: [{ name: output }], ...extra }) as GraphInit;
/** x, w, c → If → y, with `before` and `after` around it. */
const withIf = (then: GraphInit, extra: GraphInit = {}): GraphInit =>
  ({
    input: [floats("x"), condition],
    output: [floats("y")],
    node: [branch("y", then, body([unary("x", "p")], "p"))],
    ...extra,
  }) as GraphInit;

describe("readGraph", () => {
  it("turns names into references", () => {
    const graph = read({
      input: [floats("x"), floats("w")],
      output: [floats("z")],
      initializer: [zeros("w"), zeros("b")],
      node: [{ opType: "Sum", input: ["x", "w", "", "b"], output: ["y", ""] }, unary("y", "z")],
      valueInfo: [floats("y", [1])],
    });
    const [sum, relu] = [...graph.nodes];
    expect(sum?.inputs).toEqual([graph.inputs[0], graph.inputs[1], null, [...graph.initializers][1]]);
    expect(sum?.outputs[1]).toBeNull();
    expect(relu?.input(0)).toBe(sum?.output(0));
    expect(graph.outputs).toEqual([relu?.output(0)]);
    expect(graph.inputs[1]?.initializer?.dims).toEqual([1]);
    expect(sum?.output(0)?.type).toEqual({ kind: "tensor", dataType: 1, shape: [1] });
  });

  it("gives an initialiser that is declared nowhere the type of its tensor", () => {
    const [w] = read(reluGraph({ initializer: [zeros("w", [2, 3])] })).initializers;
    expect(w?.type).toEqual({ kind: "tensor", dataType: 1, shape: [2, 3] });
  });

  it("keeps nodes whose names repeat", () => {
    const twice = [unary("x", "a"), unary("a", "y")].map((node) => ({ ...node, name: "same" }));
    expect([...read(reluGraph({ node: twice })).nodes].map(({ name }) => name)).toEqual(["same", "same"]);
  });

  it.each<[string, GraphInit]>([
    ["inputs", { input: [floats("x"), floats("x")] }],
    ["initialisers", { initializer: [zeros("w"), zeros("w")] }],
    [
      "dense and sparse initialisers",
      {
        initializer: [zeros("w")],
        sparseInitializer: [
          { values: zeros("w"), indices: { dataType: 7, dims: [1n], rawData: new Uint8Array(8) } },
        ],
      },
    ],
    ["node outputs", { node: [unary("x", "y"), unary("x", "y")] }],
    [
      "outputs of one node",
      { node: [unary("x", "y"), { opType: "Split", input: ["x"], output: ["a", "a"] }] },
    ],
    ["node output and input", { node: [unary("x", "y"), unary("y", "x")] }],
    ["node output and initialiser", { initializer: [zeros("w")], node: [unary("x", "y"), unary("y", "w")] }],
  ])("refuses a name that two %s share as DUPLICATE", (_, extra) => {
    expect(code(reluGraph(extra))).toBe("DUPLICATE");
  });

  it.each<[string, GraphInit]>([
    ["a value that nothing defines", { node: [unary("nothing", "y")] }],
    ["an output that nothing defines", { output: [floats("nothing")] }],
    ["a value that only a branch defines", withIf(body([unary("x", "o")], "o"), { output: [floats("o")] })],
    ["a value that only the other branch defines", withIf(body([unary("p", "o")], "o"))],
    ["a branch that gives an outer value", withIf(body([], "x"))],
  ])("refuses %s as UNDEFINED_VALUE", (_, extra) => {
    expect(code(reluGraph(extra))).toBe("UNDEFINED_VALUE");
  });

  it.each<[string, GraphInit]>([
    ["two nodes", { node: [unary("b", "a"), unary("a", "b"), unary("a", "y")] }],
    ["one node", { node: [unary("a", "a"), unary("x", "y")] }],
    ["a branch that reads what its If gives", withIf(body([unary("y", "o")], "o"))],
    ["nodes of a branch", withIf(body([unary("b", "a"), unary("a", "b")], "a"))],
  ])("refuses a cycle of %s as CYCLE", (_, extra) => {
    expect(code(reluGraph(extra))).toBe("CYCLE");
  });

  it("sorts the nodes of the main graph, as ONNX Runtime does", () => {
    const graph = read(reluGraph({ node: [unary("b", "y"), unary("a", "b"), unary("x", "a")] }));
    expect([...graph.nodes].map((node) => node.output(0)?.name)).toEqual(["a", "b", "y"]);
  });

  it("sorts when a branch reads a later value", () => {
    const then = body([unary("late", "o")], "o");
    const graph = read(withIf(then, { node: [...(withIf(then).node ?? []), unary("x", "late")] }));
    expect([...graph.nodes].map((node) => node.output(0)?.name)).toEqual(["late", "y"]);
  });

  it("refuses unsorted nodes of a subgraph, as ONNX Runtime does", () => {
    expect(code(withIf(body([unary("a", "o"), unary("x", "a")], "o")))).toBe("UNDEFINED_VALUE");
  });

  it("sorts a long chain given backwards", () => {
    const count = 20_000;
    const node = Array.from({ length: count }, (_, i) => unary(i === count - 1 ? "x" : `v${i + 1}`, `v${i}`));
    expect(read({ input: [floats("x")], output: [floats("v0")], node }).nodes.size).toBe(count);
  });

  it("takes more inputs, outputs and subgraphs than a call takes arguments", () => {
    const names = Array.from({ length: 150_000 }, (_, i) => ({ name: `v${i}` }));
    const graphs = names.map(() => ({}));
    const node = { opType: "Op", attribute: [{ name: "bodies", type: 10, graphs }] };
    const bytes = modelBytes({ input: names, output: names, node: [node] });
    const model = readModel(bytes);
    expect(cloneModel(model).model.graph.outputs).toHaveLength(names.length);
    expect([...graphsWithin(model.graph)]).toHaveLength(names.length + 1);
  });

  it.each<[string, GraphInit]>([
    ["an input", { input: [{ type: {} }] }],
    ["an initialiser", { initializer: [zeros("")] }],
    ["a sparse initialiser", { sparseInitializer: [{ values: zeros("w") }] }],
    ["an operator", { node: [{ input: ["x"], output: ["y"] }] }],
  ])("refuses %s without name or parts as MALFORMED", (_, extra) => {
    expect(code(reluGraph(extra))).toBe("MALFORMED");
  });

  describe("names inside and outside a subgraph", () => {
    it("lets a branch capture outer values", () => {
      const graph = read(withIf(body([unary("x", "o")], "o")));
      const [node] = graph.nodes;
      const [inner] = node?.subgraphs[0]?.nodes ?? [];
      expect(inner?.input(0)).toBe(graph.inputs[0]);
      expect(graph.inputs[0]?.consumers.has(inner as never)).toBe(true);
    });

    it("lets both branches use one name", () => {
      expect(code(withIf(body([unary("x", "p")], "p")))).toBe("none");
    });

    it("lets a branch use the name that its If defines, as exporters write", () => {
      expect(code(withIf(body([unary("x", "y")], "y")))).toBe("none");
    });

    it("lets inputs and initialisers of a subgraph hide outer values", () => {
      const hiding = body([unary("x", "o")], "o", { initializer: [zeros("x", [7])] });
      const [node] = read(withIf(hiding)).nodes;
      expect([...(node?.subgraphs[0]?.nodes ?? [])][0]?.input(0)?.initializer?.dims).toEqual([7]);
      const loop = { opType: "Loop", input: ["", "", "x"], output: ["y"] };
      const step = { name: "body", input: [floats("i"), floats("k"), floats("x")], output: [{ name: "k" }] };
      expect(code(reluGraph({ node: [{ ...loop, attribute: [{ name: "body", type: 5, g: step }] }] }))).toBe(
        "none",
      );
    });

    it("refuses a node of a subgraph that gives an outer name again, as ONNX Runtime does", () => {
      expect(code(withIf(body([unary("c", "x")], "x")))).toBe("DUPLICATE");
      const earlier = [unary("x", "o"), ...(withIf(body([unary("x", "o")], "o")).node ?? [])];
      expect(code(withIf({}, { node: earlier }))).toBe("DUPLICATE");
    });

    it("refuses hiding a later name when sorting would make it an earlier one", () => {
      const hides = withIf(body([unary("x", "o")], "o")).node ?? [];
      expect(code(withIf({}, { node: [...hides, unary("x", "o")] }))).toBe("none");
      expect(code(withIf({}, { node: [...hides, unary("q", "o"), unary("x", "q")] }))).toBe("DUPLICATE");
    });
  });

  describe("declarations", () => {
    it("refuses two element types for one value as AMBIGUOUS", () => {
      const whole = { name: "y", type: { value: { case: "tensorType" as const, value: { elemType: 7 } } } };
      const list = { name: "y", type: { value: { case: "sequenceType" as const, value: {} } } };
      expect(code(reluGraph({ valueInfo: [whole] }))).toBe("AMBIGUOUS");
      expect(code(reluGraph({ valueInfo: [list] }))).toBe("AMBIGUOUS");
    });

    it("lets shape inference have declared a value again", () => {
      expect(read(reluGraph({ valueInfo: [floats("y", ["N"]), floats("y", [5])] })).outputs[0]?.type).toEqual(
        {
          kind: "tensor",
          dataType: 1,
          shape: [1],
        },
      );
    });
  });
});
