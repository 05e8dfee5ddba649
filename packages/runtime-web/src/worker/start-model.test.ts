import { readModel } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { START_MODEL } from "./start-model.js";

describe("the model that the engine starts with", () => {
  it("is a whole model that gives back what it gets", async () => {
    const { graph, opsets } = readModel(START_MODEL);
    expect([...graph.nodes].map(({ opType }) => opType)).toEqual(["Identity"]);
    expect(opsets.get("")).toBe(7);
    const session = await nodeRuntime({ threads: 1 }).load(START_MODEL);
    const { y } = await session.run({ x: { dataType: 1, dims: [1], data: Float32Array.of(42) } });
    await session.dispose();
    expect(y?.data[0]).toBe(42);
  });
});
