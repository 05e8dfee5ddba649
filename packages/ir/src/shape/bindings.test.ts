import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../builder.js";
import { isEspalierError } from "../errors.js";
import type { Model } from "../graph/model.js";
import { floatTensor } from "../tensor.js";
import { resolveBindings } from "./bindings.js";

function modelOf(...inputs: (readonly (string | number)[])[]): Model {
  const b = new GraphBuilder();
  inputs.forEach((shape, i) => {
    b.input(`in${i}`, shape);
  });
  return b.model();
}

function refusalOf(model: Model, dims: Record<string, number>): string {
  try {
    resolveBindings(model, dims);
  } catch (error) {
    if (isEspalierError(error, "INVALID_OPTION")) return error.message;
  }
  return "no refusal";
}

describe("resolveBindings", () => {
  it("makes a leading batch 1", () => {
    const { bindings, unbound } = resolveBindings(modelOf(["N", 3, 8, 8]));
    expect([...bindings]).toEqual([["N", 1]]);
    expect(unbound).toEqual([]);
  });

  it("lists what is still open with the option that would bind it", () => {
    const { unbound } = resolveBindings(modelOf(["N", 3, "H", "H"], [1, "in1:1"]));
    expect(unbound).toEqual([
      { symbol: "H", option: "H", input: "in0", axis: 2 },
      { symbol: "in1:1", option: "in1:1", input: "in1", axis: 1 },
    ]);
  });

  it("takes names, and axes of inputs", () => {
    const { bindings, unbound } = resolveBindings(modelOf(["N", 3, "H", "W"]), { N: 4, "in0:2": 32, W: 16 });
    expect(Object.fromEntries(bindings)).toEqual({ N: 4, H: 32, W: 16 });
    expect(unbound).toEqual([]);
  });

  it("refuses a name that no input has, listing those that there are", () => {
    const message = refusalOf(modelOf(["N", "T"]), { S: 4 });
    expect(message).toContain('"T"');
    expect(message).toContain('"in0:1"');
    expect(refusalOf(modelOf([1, 3]), { N: 4 })).toContain("have none");
  });

  it("refuses sizes that are none, and contradictions", () => {
    for (const size of [0, -1, 1.5, Number.NaN])
      expect(refusalOf(modelOf(["N"]), { N: size })).toContain("positive");
    expect(refusalOf(modelOf(["N", "T"]), { T: 4, "in0:1": 5 })).toContain("as given before");
  });

  it("does not ask for what an overridable initialiser would take", () => {
    const model = modelOf(["N"]);
    const [input] = model.graph.inputs;
    if (input !== undefined) input.initializer = floatTensor([1], [1]);
    expect(resolveBindings(model).bindings.size).toBe(0);
  });
});
