import { DataType, floatTensor, Graph, GraphBuilder, type Value } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { dropOverridableInputs, removeDead } from "./remove-dead.js";

function chain(): { builder: GraphBuilder; x: Value; used: Value } {
  const builder = new GraphBuilder();
  const x = builder.input("x", [1, 4]);
  const used = builder.output(
    builder.op("Add", [x, builder.weight("w", floatTensor([4], [1, 2, 3, 4]))]),
    "y",
  );
  return { builder, x, used };
}

/** An If whose branches give back `captured` through an Identity. */
function ifOf(builder: GraphBuilder, condition: Value, captured: Value): Value {
  const branch = (name: string) => {
    const graph = new Graph(name);
    const inner = new GraphBuilder(graph);
    inner.output(inner.op("Identity", [captured], { name: `${name}.identity` }));
    return { value: { kind: "graph", value: graph } } as const;
  };
  return builder.op("If", [condition], {
    name: "if",
    attributes: { then_branch: branch("then"), else_branch: branch("else") },
  });
}

describe("removeDead", () => {
  it("removes a chain of nodes that nothing reads, with the constants only they read", () => {
    const { builder, x } = chain();
    const dead = builder.op("Mul", [x, builder.weight("dead.w", floatTensor([4], [0, 0, 0, 0]))]);
    builder.op("Relu", [dead]);
    expect(removeDead(builder.graph)).toEqual({ nodes: 2, initializers: 1 });
    expect([...builder.graph.nodes].map((node) => node.opType)).toEqual(["Add"]);
    expect([...builder.graph.initializers].map((value) => value.name)).toEqual(["w"]);
    expect(x.consumers.size).toBe(1);
  });

  it("keeps all outputs of a node of which one is read", () => {
    const { builder, x } = chain();
    const [first] = builder.ops("Split", [x], { outputs: 2 });
    builder.output(first as Value, "half");
    expect(removeDead(builder.graph)).toEqual({ nodes: 0, initializers: 0 });
  });

  it("keeps a constant that is a graph output", () => {
    const { builder } = chain();
    builder.output(builder.weight("table", floatTensor([1], [7])));
    expect(removeDead(builder.graph)).toEqual({ nodes: 0, initializers: 0 });
  });

  it("keeps what a subgraph captures", () => {
    const { builder, x } = chain();
    const captured = builder.op("Relu", [x]);
    builder.output(ifOf(builder, builder.input("flag", [], DataType.BOOL), captured), "branch");
    expect(removeDead(builder.graph)).toEqual({ nodes: 0, initializers: 0 });
  });

  it("removes a dead If together with what only its branches read", () => {
    const { builder, x } = chain();
    const captured = builder.op("Relu", [x]);
    ifOf(builder, builder.input("flag", [], DataType.BOOL), captured);
    expect(removeDead(builder.graph)).toEqual({ nodes: 2, initializers: 0 });
  });

  it("does nothing the second time", () => {
    const { builder, x } = chain();
    builder.op("Relu", [x]);
    removeDead(builder.graph);
    expect(removeDead(builder.graph)).toEqual({ nodes: 0, initializers: 0 });
  });

  it("copes with ten thousand nodes in a row", () => {
    const builder = new GraphBuilder();
    let value = builder.input("x", [1]);
    for (let i = 0; i < 10_000; i++) value = builder.op("Relu", [value], { name: `relu${i}` });
    builder.output(value, "y");
    expect(removeDead(builder.graph)).toEqual({ nodes: 0, initializers: 0 });
  });
});

describe("dropOverridableInputs", () => {
  it("makes constants that are also inputs plain constants, and keeps real inputs", () => {
    const { builder, x } = chain();
    const [w] = builder.graph.initializers;
    builder.graph.inputs.push(w as Value);
    expect(dropOverridableInputs(builder.graph)).toBe(1);
    expect(builder.graph.inputs).toEqual([x]);
    expect(builder.graph.initializers.size).toBe(1);
    expect(dropOverridableInputs(builder.graph)).toBe(0);
  });
});
