import {
  DataType,
  float16ToNumber,
  floatTensor,
  GraphBuilder,
  inferFacts,
  int64Tensor,
  intAttribute,
  isEspalierError,
  type Value,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { defaultHandlers } from "../ops/all.js";
import type { Feeds } from "../runtime.js";
import { randomInputs } from "./random-inputs.js";

function draw(
  build: (net: GraphBuilder) => Value | undefined,
  options: { count?: number; seed?: number; dims?: Record<string, number> } = {},
): Feeds[] {
  const net = new GraphBuilder();
  const output = build(net);
  if (output !== undefined) net.output(output, "y");
  const model = net.model();
  const facts = inferFacts(model, { bindings: options.dims ?? {} });
  return randomInputs(model, facts, defaultHandlers(), {
    seed: options.seed ?? 1,
    count: options.count ?? 1,
  });
}

/** All integers that input `name` took. */
const integers = (feeds: readonly Feeds[], name: string): number[] =>
  feeds.flatMap((set) => Array.from(set[name]?.data as ArrayLike<bigint>, Number));

const table = (net: GraphBuilder, rows: number): Value =>
  net.weight("table", floatTensor([rows, 2], new Float32Array(2 * rows)));

describe("randomInputs", () => {
  it("draws floats from N(0, 1), at the bound shape", () => {
    const [set] = draw((net) => net.op("Relu", [net.input("x", ["N", 1000])]), { dims: { N: 4 } });
    const { dims, data } = set?.x ?? { dims: [], data: [] };
    expect(dims).toEqual([4, 1000]);
    const values = Array.from(data as Float32Array);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    // Three standard errors.
    expect(Math.abs(mean)).toBeLessThan(3 / Math.sqrt(4000));
    expect(Math.abs(deviation - 1)).toBeLessThan(3 / Math.sqrt(8000));
  });

  it("gives the same sets for the same seed, and every set its own numbers", () => {
    const build = (net: GraphBuilder) => net.op("Add", [net.input("a", [8]), net.input("b", [8])]);
    expect(draw(build, { count: 3 })).toEqual(draw(build, { count: 3 }));
    expect(draw(build, { count: 1 })[0]).toEqual(draw(build, { count: 3 })[0]);
    const [first, second] = draw(build, { count: 2 });
    const [other] = draw(build, { seed: 2 });
    const all = [first?.a, first?.b, second?.a, other?.a].map((tensor) => String(tensor?.data));
    expect(new Set(all).size).toBe(4);
  });

  it("keeps integers inside the table they index, and reaches every row", () => {
    const feeds = draw((net) => net.op("Gather", [table(net, 5), net.input("i", [40], DataType.INT64)]), {
      count: 5,
    });
    expect(new Set(integers(feeds, "i"))).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it("follows integers through casts and shape changes to the table", () => {
    const feeds = draw(
      (net) => {
        const i = net.op("Cast", [net.input("i", [4, 10], DataType.INT64)], {
          attributes: { to: intAttribute(DataType.INT32) },
        });
        return net.op("Gather", [table(net, 3), net.op("Reshape", [i, net.ints("shape", [40])])]);
      },
      { count: 5 },
    );
    expect(new Set(integers(feeds, "i"))).toEqual(new Set([0, 1, 2]));
  });

  it("takes the smaller of two tables", () => {
    const feeds = draw(
      (net) => {
        const i = net.input("i", [40], DataType.INT64);
        return net.op("Add", [net.op("Gather", [table(net, 9), i]), net.op("Gather", [table(net, 2), i])]);
      },
      { count: 5 },
    );
    expect(new Set(integers(feeds, "i"))).toEqual(new Set([0, 1]));
  });

  it("gives scalars that are compared one of the constants", () => {
    const feeds = draw(
      (net) => {
        const rate = net.input("rate", [], DataType.INT64);
        const rates = [8000, 16000].map((n) => net.weight("known", int64Tensor([], [n])));
        const equal = rates.map((known) => net.op("Equal", [rate, known]));
        return net.op("Or", equal);
      },
      { count: 20 },
    );
    // The comparison that comes first decides.
    expect(new Set(integers(feeds, "rate"))).toEqual(new Set([8000]));
  });

  it("draws ids from all rows of their table, also where they are compared with the one that pads", () => {
    for (const compareFirst of [true, false]) {
      const feeds = draw(
        (net) => {
          const i = net.input("i", [40], DataType.INT64);
          const compare = () => net.op("Equal", [i, net.weight("pad", int64Tensor([1], [0]))]);
          const early = compareFirst ? compare() : null;
          const rows = net.op("Gather", [table(net, 4), i]);
          return net.op("Where", [
            net.op("Unsqueeze", [early ?? compare(), net.ints("axes", [1])]),
            rows,
            rows,
          ]);
        },
        { count: 5 },
      );
      expect(new Set(integers(feeds, "i"))).toEqual(new Set([0, 1, 2, 3]));
    }
  });

  it("gives 0 and 1 where nothing says more, and any row of no constants", () => {
    const feeds = draw((net) => net.op("Neg", [net.input("i", [40], DataType.INT64)]));
    expect(new Set(integers(feeds, "i"))).toEqual(new Set([0, 1]));
    const empty = draw((net) =>
      net.op("Equal", [net.input("i", [1], DataType.INT64), net.weight("none", int64Tensor([0], []))]),
    );
    expect(integers(empty, "i")).toHaveLength(1);
  });

  it("draws every element type it names", () => {
    const types = [
      DataType.FLOAT,
      DataType.DOUBLE,
      DataType.FLOAT16,
      DataType.INT64,
      DataType.INT32,
      DataType.UINT8,
      DataType.INT8,
      DataType.BOOL,
    ];
    const [set] = draw((net) => {
      for (const [i, type] of types.entries())
        net.output(net.op("Identity", [net.input(`x${i}`, [3], type)]), `y${i}`, type);
      return undefined;
    });
    expect(Object.values(set ?? {}).map(({ dataType }) => dataType)).toEqual(types);
    for (const { dataType, data } of Object.values(set ?? {})) {
      const values = Array.from(
        data as ArrayLike<number>,
        dataType === DataType.FLOAT16 ? float16ToNumber : Number,
      );
      expect(values.every((value) => Math.abs(value) < 6)).toBe(true);
    }
  });

  it("leaves initialisers that are inputs alone", () => {
    const [set] = draw((net) => {
      const w = net.weight("w", floatTensor([3], [1, 2, 3]));
      net.graph.inputs.push(w);
      return net.op("Add", [net.input("x", [3]), w]);
    });
    expect(Object.keys(set ?? {})).toEqual(["x"]);
  });

  it("names the input whose dimension is open, and the element type it cannot draw", () => {
    for (const [code, shape, type] of [
      ["INVALID_OPTION", ["T"], DataType.FLOAT],
      ["UNSUPPORTED", [1], DataType.STRING],
    ] as const) {
      try {
        draw((net) => net.op("Identity", [net.input("tokens", [...shape], type)]));
        expect.unreachable();
      } catch (error) {
        if (!isEspalierError(error, code)) throw error;
        if (code === "INVALID_OPTION") expect(error.context.value).toBe("tokens");
      }
    }
  });
});
