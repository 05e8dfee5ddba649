import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLayerInfo, readProfile } from "./trtexec-profile.js";

const PROFILE = `[
  { "count" : 625 }
, { "name" : "Reformatting CopyNode for Input Tensor 0 to Conv_0 + PWN(Clip_3)", "timeMs" : 36.6844, "averageMs" : 0.058695, "percentage" : 1.20497 }
, { "name" : "Conv_0 + PWN(Clip_3)", "timeMs" : 41.4232, "averageMs" : 0.0662771, "medianMs" : 0.065, "percentage" : 1.36062 }
]`;

describe("a profile", () => {
  it("gives every layer's times, and the layer that a node went into", () => {
    const times = readProfile(PROFILE);
    expect(times.count).toBe(625);
    expect(times.ofNode("Clip_3")).toEqual({
      name: "Conv_0 + PWN(Clip_3)",
      medianMs: 0.065,
      averageMs: 0.0662771,
      share: expect.closeTo(0.0136062, 12),
    });
    // Before TensorRT 8.5 there is the mean alone; a copy is of no node.
    expect(times.layers[0]?.medianMs).toBe(0.058695);
    expect(times.ofNode("Conv_8")).toBeNull();
  });

  it.each([
    ["#", "not JSON"],
    ["#", "{}"],
    ["#", '[{ "count": 3 }]'],
    ["#/0", "[3]"],
    ["#/0/name", '[{ "averageMs": 1, "percentage": 1 }]'],
    ["#/1/averageMs", '[{ "count": 1 }, { "name": "a", "percentage": 1 }]'],
    ["#/0/medianMs", '[{ "name": "a", "averageMs": 1, "medianMs": -1, "percentage": 1 }]'],
  ])("is refused at %s: %s", (where, text) => {
    expect(() => readProfile(text)).toThrow(
      expect.objectContaining({ code: "INVALID_LOG", context: expect.objectContaining({ where }) }),
    );
  });

  it("ends in times or INVALID_LOG wherever it is cut", () => {
    fc.assert(
      fc.property(fc.nat({ max: PROFILE.length - 1 }), (end) => {
        expect(() => readProfile(PROFILE.slice(0, end))).toThrow(
          expect.objectContaining({ code: "INVALID_LOG" }),
        );
      }),
    );
  });
});

describe("layer information", () => {
  it("has names alone, or with --profilingVerbosity=detailed kernels", () => {
    expect(readLayerInfo('{"Layers": ["Conv_0 + Relu_1"], "Bindings": ["x"]}')).toEqual([
      { name: "Conv_0 + Relu_1", tactic: null, sparse: null },
    ]);
    const detailed = {
      Layers: [
        { Name: "a", LayerType: "CaskConvolution", TacticName: "sm80_xmma_sparse_fprop_f16f16" },
        { Name: "b", LayerType: "CaskConvolution", TacticName: "sm80_xmma_fprop_implicit_gemm_f16f16" },
      ],
    };
    expect(readLayerInfo(JSON.stringify(detailed)).map(({ sparse }) => sparse)).toEqual([true, false]);
  });

  it.each([["[]"], ['{"Layers": 3}'], ['{"Layers": [3]}'], ['{"Layers": [{}]}']])(
    "is refused: %s",
    (text) => {
      expect(() => readLayerInfo(text)).toThrow(expect.objectContaining({ code: "INVALID_LOG" }));
    },
  );
});
