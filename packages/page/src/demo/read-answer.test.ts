import { DataType } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { readAnswer } from "./read-answer.js";

const floats = (dims: readonly number[], ...data: number[]) => ({
  dataType: DataType.FLOAT,
  dims,
  data: Float32Array.from(data),
});

describe("readAnswer", () => {
  it("names the best classes of logits with their probabilities", () => {
    const card = {
      inputs: [{ name: "x" }],
      outputs: [{ kind: "logits" as const }],
      labels: ["cat", "dog", "owl"],
    };
    // softmax(ln 1, ln 7, ln 2) = 0.1, 0.7, 0.2
    const answer = readAnswer({ y: floats([1, 3], 0, Math.log(7), Math.log(2)) }, card);
    const top = answer.outputs[0]?.top ?? [];
    expect(top.map(({ label }) => label)).toEqual(["dog", "owl", "cat"]);
    for (const [i, value] of [0.7, 0.2, 0.1].entries()) expect(top[i]?.value).toBeCloseTo(value, 6);
  });

  it("survives logits that overflow", () => {
    const card = { inputs: [{ name: "x" }], outputs: [{ kind: "logits" as const }] };
    const answer = readAnswer({ y: floats([1, 2], 1e30, -1e30) }, card);
    expect(answer.outputs[0]?.top).toEqual([
      { label: "class 0", value: 1 },
      { label: "class 1", value: 0 },
    ]);
  });

  it("takes outputs by name, and what it does not know in brief", () => {
    const card = {
      inputs: [{ name: "x" }],
      outputs: [
        { name: "boxes", kind: "boxes" as const },
        { name: "p", kind: "probabilities" as const },
      ],
    };
    const { outputs } = readAnswer(
      { p: floats([1, 2], 0.25, 0.75), boxes: floats([1, 2, 2], 1, 2, 3, 6) },
      card,
    );
    expect(outputs.map(({ name, kind }) => [name, kind])).toEqual([
      ["p", "classes"],
      ["boxes", "numbers"],
    ]);
    expect(outputs[0]?.top?.[0]).toEqual({ label: "class 1", value: 0.75 });
    expect(outputs[1]).toMatchObject({ top: null, range: { least: 1, most: 6, mean: 3 } });
  });

  it("does not take a feature map for classes", () => {
    const card = { inputs: [{ name: "x" }] };
    expect(readAnswer({ y: floats([1, 1, 2, 2], 1, 2, 3, 4) }, card).outputs[0]?.kind).toBe("numbers");
    expect(readAnswer({ y: floats([1, 4, 1, 1], 1, 2, 3, 4) }, card).outputs[0]?.kind).toBe("classes");
  });
});
