// Every lowering against ONNX Runtime, run by LiteRT and by tfjs-tflite, whose operators are those of 2022. Needs the build:
// interpreters are programs of their own.

import { TFLITE_LOWERINGS } from "@espalier/tflite";
import { describe, expect, it } from "vitest";
import { ACTIVATIONS, BROADCASTING } from "../tflite/cases/elementwise.js";
import { OPSET_7, OPSET_9, OPSET_20, OPSET_24, OTHERS } from "../tflite/cases/other-opsets.js";
import { GROUP_NORMALISATIONS, NORMALISATIONS, PRODUCTS } from "../tflite/cases/products.js";
import { OLD_SOFTMAXES, REDUCTIONS, RESIZING, SHAPES, SOFTMAXES, SUMS } from "../tflite/cases/shapes.js";
import { CONVOLUTIONS, POOLS, TRANSPOSED_CONVOLUTIONS } from "../tflite/cases/windows.js";
import { buildCases, expectLoweredEqual } from "../tflite/lowered-equals-onnx.js";

const FAMILIES = [
  ["activations", ACTIVATIONS, {}],
  ["broadcasting", BROADCASTING, {}],
  ["convolutions", CONVOLUTIONS, {}],
  ["transposed convolutions", TRANSPOSED_CONVOLUTIONS, {}],
  ["pools", POOLS, {}],
  ["products", PRODUCTS, {}],
  ["normalisations", NORMALISATIONS, {}],
  ["group normalisations", GROUP_NORMALISATIONS, { opset: 21 }],
  ["shapes", SHAPES, {}],
  ["resizing", RESIZING, {}],
  ["reductions", REDUCTIONS, {}],
  ["sums", SUMS, {}],
  ["softmaxes", SOFTMAXES, {}],
  ["others", OTHERS, {}],
  ["operators of opset 7", OPSET_7, { opset: 7 }],
  ["operators of opset 9", OPSET_9, { opset: 9 }],
  ["operators of opset 20", OPSET_20, { opset: 20 }],
  ["operators of opset 24", OPSET_24, { opset: 24 }],
  ["softmaxes before opset 13", OLD_SOFTMAXES, { opset: 12 }],
] as const;

describe("the cases", () => {
  it("have every operator that is lowered", () => {
    const covered = new Set(
      FAMILIES.flatMap(([, cases, options]) => {
        const { graph } = buildCases(cases, "opset" in options ? options.opset : undefined).model;
        return [...graph.nodes].map(({ domain, opType }) => `${domain}:${opType}`);
      }),
    );
    const lowered = TFLITE_LOWERINGS.map(({ definition: { domain, opType } }) => `${domain}:${opType}`);
    expect(lowered.filter((name) => !covered.has(name))).toEqual([]);
  });
});

describe.each(["litert", "tfjs"] as const)("lowered to TFLite, run by %s", (engine) => {
  it.each(FAMILIES)("%s give what ONNX Runtime gives", (_, cases, options) =>
    expectLoweredEqual(cases, { ...options, engine }),
  );
});
