import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../builder.js";
import { DataType } from "../data-type.js";
import { dimText, shapeText, symbol } from "../dim.js";
import { type Attribute, intAttribute, intsAttribute, tensorAttribute } from "../graph/attribute.js";
import { Graph } from "../graph/graph.js";
import { Value } from "../graph/value.js";
import { floatTensor, int64Tensor } from "../tensor.js";
import { inferFacts } from "./infer.js";

const graphAttribute = (value: Graph): Attribute => ({ value: { kind: "graph", value } });

describe("shape arithmetic", () => {
  it("follows what PyTorch writes for x.view(x.size(0), -1, 4)", () => {
    const b = new GraphBuilder();
    const x = b.input("x", ["N", 3, 8]);
    const batch = b.op("Gather", [b.op("Shape", [x]), b.weight("zero", int64Tensor([], [0]))]);
    const target = b.op(
      "Concat",
      [b.op("Unsqueeze", [batch, b.ints("axes", [0])]), b.ints("rest", [-1, 4])],
      {
        attributes: { axis: intAttribute(0) },
      },
    );
    const y = b.op("Reshape", [x, target]);
    expect(shapeText(inferFacts(b.model()).shape(y))).toBe("[N, 6, 4]");
    expect(inferFacts(b.model(), { bindings: { N: 5 } }).shape(y)).toEqual([5, 6, 4]);
    expect(inferFacts(b.model(), { bindings: new Map([["N", 5]]) }).contents(target)).toEqual([5, -1, 4]);
  });

  it("follows what PyTorch writes for expand: Where(Equal(shape, -1), ones, shape)", () => {
    const b = new GraphBuilder();
    const x = b.input("x", ["N", 1, 8]);
    const wanted = b.op(
      "Concat",
      [b.op("Shape", [x], { attributes: { end: intAttribute(1) } }), b.ints("c", [5, -1])],
      {
        attributes: { axis: intAttribute(0) },
      },
    );
    const ones = b.op("ConstantOfShape", [b.op("Shape", [wanted])], {
      attributes: { value: tensorAttribute(int64Tensor([1], [1])) },
    });
    const minus = b.op("Mul", [ones, b.weight("minus", int64Tensor([], [-1]))]);
    const y = b.op("Expand", [x, b.op("Where", [b.op("Equal", [wanted, minus]), ones, wanted])]);
    expect(shapeText(inferFacts(b.model()).shape(y))).toBe("[N, 5, 8]");
  });

  it("scales sizes through floats, as exporters do before Resize", () => {
    const b = new GraphBuilder();
    const x = b.input("x", [1, 3, "H", 7]);
    const spatial = b.op("Slice", [
      b.op("Shape", [x]),
      b.ints("from", [2]),
      b.ints("to", [4]),
      b.ints("axis", [0]),
    ]);
    const wide = b.op("Mul", [
      b.op("Cast", [spatial], { attributes: { to: intAttribute(DataType.FLOAT) } }),
      b.weight("two", floatTensor([], [2])),
    ]);
    const sizes = b.op(
      "Concat",
      [
        b.ints("front", [1, 3]),
        b.op("Cast", [b.op("Floor", [wide])], { attributes: { to: intAttribute(DataType.INT64) } }),
      ],
      { attributes: { axis: intAttribute(0) } },
    );
    const y = b.op("Resize", [x, null, null, sizes]);
    expect(shapeText(inferFacts(b.model()).shape(y))).toBe("[1, 3, 2*H, 14]");
  });

  it("keeps equal expressions equal and cancels them", () => {
    const b = new GraphBuilder();
    const x = b.input("x", ["N", "T", 64]);
    const [n, t] = [0, 1].map((i) => b.op("Gather", [b.op("Shape", [x]), b.ints("at", [i])]));
    const flat = b.op("Concat", [b.op("Mul", [n as Value, t as Value]), b.ints("c", [64])], {
      attributes: { axis: intAttribute(0) },
    });
    const rows = b.op("Reshape", [x, flat]);
    const back = b.op("Reshape", [
      rows,
      b.op("Concat", [n as Value, t as Value, b.ints("d", [8, 8])], {
        attributes: { axis: intAttribute(0) },
      }),
    ]);
    const facts = inferFacts(b.model());
    expect(shapeText(facts.shape(rows))).toBe("[N*T, 64]");
    expect(shapeText(facts.shape(back))).toBe("[N, T, 8, 8]");
  });

  it("divides whole numbers towards zero and real ones exactly", () => {
    const b = new GraphBuilder();
    const whole = b.op("Div", [b.ints("a", [-7, 7]), b.ints("b", [2, 2])]);
    const real = b.op("Div", [b.weight("f", floatTensor([1], [7])), b.weight("g", floatTensor([1], [2]))]);
    const facts = inferFacts(b.model());
    expect(facts.contents(whole)).toEqual([-3, 3]);
    expect(facts.contents(real)).toEqual([3.5]);
  });

  it("reads a Reshape target of which one element is unknown", () => {
    const b = new GraphBuilder();
    const x = b.input("x", [6, 4]);
    const given = b.input("given", [1], DataType.INT64);
    const y = b.op("Reshape", [
      x,
      b.op("Concat", [given, b.ints("c", [8])], { attributes: { axis: intAttribute(0) } }),
    ]);
    expect(inferFacts(b.model()).shape(y)).toEqual([3, 8]);
  });

  it("leaves large tensors out of contents", () => {
    const b = new GraphBuilder();
    const big = b.weight("big", int64Tensor([1025], new Array(1025).fill(1)));
    const small = b.weight("small", int64Tensor([1024], new Array(1024).fill(1)));
    const y = b.op("Add", [big, big]);
    const facts = inferFacts(b.model());
    expect(facts.contents(big)).toBeNull();
    expect(facts.contents(y)).toBeNull();
    expect(facts.contents(small)).toHaveLength(1024);
  });

  it("spends no more elements than the limit on one model", () => {
    const b = new GraphBuilder();
    const values = Array.from({ length: 8 }, (_, i) =>
      b.weight(`c${i}`, int64Tensor([10], new Array(10).fill(i))),
    );
    const facts = inferFacts(b.model(), { limits: { constantElements: 35 } });
    expect(values.filter((value) => facts.contents(value) !== null)).toHaveLength(3);
  });
});

describe("declared types", () => {
  it("stand in for operators nobody described", () => {
    const b = new GraphBuilder();
    const y = b.op("Mystery", [b.input("x", [1])], { domain: "my.domain" });
    y.type = { kind: "tensor", dataType: DataType.FLOAT, shape: [symbol("N"), 3] };
    const z = b.op("Relu", [y]);
    const facts = inferFacts(b.model(), { bindings: { N: 2 } });
    expect(facts.shape(z)).toEqual([2, 3]);
    expect(facts.dataType(z)).toBe(DataType.FLOAT);
    expect(inferFacts(b.model()).contents(z)).toBeNull();
  });

  it("lose against what follows from the inputs", () => {
    const b = new GraphBuilder();
    const y = b.op("Relu", [b.input("x", ["N", 3])]);
    y.type = { kind: "tensor", dataType: DataType.FLOAT, shape: [1, 3] };
    expect(shapeText(inferFacts(b.model()).shape(y))).toBe("[N, 3]");
  });

  it("fill in sizes that depend on the data", () => {
    const b = new GraphBuilder();
    const y = b.op("NonZero", [b.input("x", [4, 3])]);
    expect(dimText(inferFacts(b.model()).shape(y)?.[0] ?? -1)).toBe("2");
    y.type = { kind: "tensor", dataType: DataType.INT64, shape: [2, 7] };
    expect(inferFacts(b.model()).shape(y)).toEqual([2, 7]);
  });
});

describe("what a model does wrong", () => {
  it("makes the outputs of a malformed node unknown and spares the others", () => {
    const b = new GraphBuilder();
    const x = b.input("x", [2, 3]);
    const broken = b.op("Transpose", [x], { attributes: { perm: intsAttribute([0, 0]) } });
    const clash = b.op("Add", [x, b.input("z", [2, 4])]);
    const fine = b.op("Relu", [x]);
    const facts = inferFacts(b.model());
    expect(facts.shape(broken)).toBeNull();
    expect(facts.shape(clash)).toBeNull();
    expect(facts.shape(fine)).toEqual([2, 3]);
  });

  it("takes impossible sizes for unknown", () => {
    const b = new GraphBuilder();
    const y = b.op("Reshape", [b.input("x", [4]), b.ints("t", [-3, 2])]);
    const z = b.op("Tile", [b.input("w", [2 ** 40]), b.ints("r", [2 ** 40])]);
    const facts = inferFacts(b.model());
    expect(facts.shape(y)).toBeNull();
    expect(facts.shape(z)).toBeNull();
  });

  it("refuses a rank beyond the limit", () => {
    const b = new GraphBuilder();
    const y = b.op("Reshape", [b.input("x", [1]), b.ints("t", new Array(65).fill(1))]);
    expect(inferFacts(b.model()).shape(y)).toBeNull();
  });

  it("stays small where expressions double at every node", () => {
    const b = new GraphBuilder();
    let x = b.input("x", [1, "H"]);
    for (let i = 0; i < 200; i++) {
      const shifted = b.op("Slice", [x, b.ints("s", [1]), b.ints("e", [2 ** 40]), b.ints("a", [1])]);
      x = b.op("Concat", [x, shifted], { attributes: { axis: intAttribute(1) } });
    }
    const [, last] = inferFacts(b.model()).shape(x) ?? [];
    expect(dimText(last ?? 0).length).toBeLessThan(300);
  });

  it("stays small where elements are squared at every node", () => {
    const b = new GraphBuilder();
    let n = b.op("Shape", [b.input("x", ["N"])]);
    for (let i = 0; i < 100; i++) n = b.op("Mul", [n, n]);
    const [element] = inferFacts(b.model()).contents(n) ?? [];
    expect(dimText(element ?? 0).length).toBeLessThan(300);
  });
});

describe("control flow", () => {
  const branch = (build: (inner: GraphBuilder) => Value): Graph => {
    const inner = new GraphBuilder(new Graph("branch"));
    inner.output(build(inner));
    return inner.graph;
  };

  it("keeps of an If what both branches agree on", () => {
    const b = new GraphBuilder();
    const x = b.input("x", [2, 3, 4]);
    const y = b.op("If", [b.input("c", [], DataType.BOOL)], {
      attributes: {
        then_branch: graphAttribute(branch((inner) => inner.op("Relu", [x]))),
        else_branch: graphAttribute(
          branch((inner) => inner.weight("w", floatTensor([2, 3, 1], new Array(6).fill(0)))),
        ),
      },
    });
    const shape = inferFacts(b.model()).shape(y);
    expect(shape?.slice(0, 2)).toEqual([2, 3]);
    expect(typeof shape?.[2]).toBe("object");
  });

  it("takes the only branch that runs under a constant condition", () => {
    const b = new GraphBuilder();
    const x = b.input("x", [2, 1]);
    const isOne = b.op("Equal", [
      b.op("Gather", [b.op("Shape", [x]), b.ints("at", [1])]),
      b.ints("one", [1]),
    ]);
    const y = b.op("If", [isOne], {
      attributes: {
        then_branch: graphAttribute(branch((inner) => inner.op("Squeeze", [x, inner.ints("a", [1])]))),
        else_branch: graphAttribute(branch((inner) => inner.op("Identity", [x]))),
      },
    });
    expect(inferFacts(b.model()).shape(y)).toEqual([2]);
  });

  it("slices the operands of a Scan and stacks its results", () => {
    const body = new GraphBuilder(new Graph("body"));
    const state = body.input("state", ["a"]);
    const element = body.input("element", ["b"]);
    const sum = body.op("Add", [state, element]);
    body.output(sum);
    body.output(body.op("Neg", [sum]));
    const b = new GraphBuilder();
    const [last, all] = b.ops("Scan", [b.input("start", [3]), b.input("xs", ["T", 3])], {
      outputs: 2,
      attributes: { body: graphAttribute(body.graph), num_scan_inputs: intAttribute(1) },
    });
    const facts = inferFacts(b.model());
    expect(facts.shape(last as Value)).toEqual([3]);
    expect(shapeText(facts.shape(all as Value))).toBe("[T, 3]");
    expect(facts.shape(sum)).toEqual([3]);
  });

  it("believes a Loop only what its body keeps", () => {
    const body = new GraphBuilder(new Graph("body"));
    body.input("i", [], DataType.INT64);
    const go = body.input("go", [], DataType.BOOL);
    const kept = body.input("kept", [2]);
    const grown = body.input("grown", ["n"]);
    body.output(body.op("Identity", [go]));
    body.output(body.op("Neg", [kept]));
    body.output(body.op("Concat", [grown, kept], { attributes: { axis: intAttribute(0) } }));
    body.output(body.op("Relu", [kept]));
    const b = new GraphBuilder();
    const [first, second, stacked] = b.ops(
      "Loop",
      [b.weight("trips", int64Tensor([], [5])), null, b.input("k", [2]), b.input("g", [2])],
      { outputs: 3, attributes: { body: graphAttribute(body.graph) } },
    );
    const facts = inferFacts(b.model());
    expect(facts.shape(first as Value)).toEqual([2]);
    expect(typeof facts.shape(second as Value)?.[0]).toBe("object");
    expect(facts.shape(stacked as Value)).toEqual([5, 2]);
  });

  it("walks deep nesting without recursion", () => {
    let inner = branch((g) => g.weight("w", floatTensor([2], [1, 2])));
    const condition = new Value("c", { kind: "tensor", dataType: DataType.BOOL, shape: [] });
    for (let depth = 0; depth < 400; depth++) {
      const graph = inner;
      inner = branch((g) =>
        g.op("If", [condition], {
          attributes: {
            then_branch: graphAttribute(graph),
            else_branch: graphAttribute(branch((e) => e.weight("v", floatTensor([2], [1, 2])))),
          },
        }),
      );
    }
    const b = new GraphBuilder();
    b.graph.inputs.push(condition);
    const y = b.op("If", [condition], {
      attributes: { then_branch: graphAttribute(inner), else_branch: graphAttribute(inner) },
    });
    expect(inferFacts(b.model()).shape(y)).toEqual([2]);
  });
});

describe("facts", () => {
  it("give the tensor of initialisers and Constant nodes", () => {
    const b = new GraphBuilder();
    const weight = floatTensor([2], [1, 2]);
    const w = b.weight("w", weight);
    const node = b.op("Constant", [], { attributes: { value: tensorAttribute(weight) } });
    const plain = b.op("Constant", [], { attributes: { value_ints: intsAttribute([1, -1]) } });
    const y = b.op("Add", [w, node]);
    const facts = inferFacts(b.model());
    expect(facts.constant(w)).toBe(weight);
    expect(facts.constant(node)).toBe(weight);
    expect(facts.constant(y)).toBeNull();
    expect(facts.contents(plain)).toEqual([1, -1]);
    expect(facts.contents(y)).toEqual([2, 4]);
  });

  it("do not change the model", () => {
    const b = new GraphBuilder();
    const y = b.op("Relu", [b.input("x", ["N", 3])]);
    inferFacts(b.model(), { bindings: { N: 2 } });
    expect(y.type).toBeNull();
  });
});
