import { openSubject } from "@espalier/core";
import { concatChunks, DataType, GraphBuilder, writeModel } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { assumedCard } from "./assumed-card.js";

function cardOf(shapes: readonly (readonly (number | string)[])[], dataType: number = DataType.FLOAT) {
  const graph = new GraphBuilder();
  for (const [i, shape] of shapes.entries()) {
    const input = graph.input(`x${i}`, shape, dataType);
    graph.output(graph.op("Identity", [input]), `y${i}`, dataType);
  }
  return assumedCard(openSubject(concatChunks(writeModel(graph.model()).chunks)));
}

describe("assumedCard", () => {
  it("takes one float input of one or three channels for an image", () => {
    const resize = { width: 48, height: 32 };
    expect(cardOf([["n", 3, 32, 48]])?.inputs).toEqual([
      { name: "x0", layout: "NCHW", channels: "RGB", resize },
    ]);
    expect(cardOf([[1, 32, 48, 1]])?.inputs).toEqual([
      { name: "x0", layout: "NHWC", channels: "grey", resize },
    ]);
  });

  it("assumes nothing of anything else", () => {
    expect(cardOf([[1, 5, 32, 48]])).toBeNull();
    expect(cardOf([[1, 3, 4, 4]])).toBeNull();
    expect(cardOf([[4, 3, 32, 32]])).toBeNull();
    expect(cardOf([[1, 3, "h", "w"]])).toBeNull();
    expect(cardOf([[1, 224]])).toBeNull();
    expect(cardOf([[1, 3, 32, 32]], DataType.UINT8)).toBeNull();
    expect(
      cardOf([
        [1, 3, 32, 32],
        [1, 3, 32, 32],
      ]),
    ).toBeNull();
  });
});
