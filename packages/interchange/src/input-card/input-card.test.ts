import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { type InputCard, inputCardBytes, inputCardPath, readInputCard } from "./input-card.js";

const read = (text: string): InputCard => readInputCard(new TextEncoder().encode(text));

describe("readInputCard", () => {
  it("reads what was written, and keeps what it does not know", () => {
    const card: InputCard = {
      inputs: [
        {
          name: "pixel_values",
          layout: "NCHW",
          channels: "BGR",
          range: [0, 255],
          mean: [104, 117, 123],
          std: [1, 1, 1],
          resize: { shortSide: 256, filter: "bicubic" },
          crop: { width: 224, height: 224 },
        },
        { name: "mask" },
      ],
      outputs: [{ name: "logits", kind: "logits" }],
      labels: ["cat", "dog"],
    };
    expect(JSON.stringify(readInputCard(inputCardBytes(card)))).toBe(JSON.stringify(card));
    expect(read('{"inputs":[{"name":"x","colour":"sRGB"}],"author":"me"}')).toMatchObject({ author: "me" });
  });

  const hostile: readonly [why: string, text: string, where: string][] = [
    ["no JSON", "{", "#"],
    ["a key given twice", '{"inputs":[{"name":"x","name":"y"}]}', "#/inputs/0/name"],
    ["no inputs", '{"inputs":[]}', "#/inputs"],
    ["a layout nobody knows", '{"inputs":[{"name":"x","layout":"CHWN"}]}', "#/inputs/0/layout"],
    ["a division by zero", '{"inputs":[{"name":"x","std":[1,0,1]}]}', "#/inputs/0/std/1"],
    ["two means for three channels", '{"inputs":[{"name":"x","mean":[1,2]}]}', "#/inputs/0"],
    ["three means for grey", '{"inputs":[{"name":"x","channels":"grey","mean":[1,2,3]}]}', "#/inputs/0"],
    [
      "an image of a million pixels a side",
      '{"inputs":[{"name":"x","crop":{"width":1000000,"height":1}}]}',
      "#/inputs/0/crop/width",
    ],
    ["a side of no pixels", '{"inputs":[{"name":"x","resize":{"shortSide":0}}]}', "#/inputs/0/resize"],
    ["labels that are no texts", '{"inputs":[{"name":"x"}],"labels":[1]}', "#/labels/0"],
  ];
  for (const [why, text, where] of hostile) {
    it(`refuses ${why}`, () => {
      try {
        read(text);
        throw new Error("accepted");
      } catch (error) {
        if (!isEspalierError(error, "INVALID_CARD")) throw error;
        expect(error.context.where).toContain(where);
      }
    });
  }

  it("lies beside its model", () => {
    expect(inputCardPath("onnx/model_fp16.onnx")).toBe("onnx/model_fp16.io.json");
  });
});
