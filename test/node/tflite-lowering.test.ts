// Every lowering against ONNX Runtime, run by LiteRT and by tfjs-tflite, whose operators are those of 2022. Needs the build:
// interpreters are programs of their own.

import { describe, it } from "vitest";
import { ACTIVATIONS, BROADCASTING } from "../tflite/cases/elementwise.js";
import { GROUP_NORMALISATIONS, NORMALISATIONS, PRODUCTS } from "../tflite/cases/products.js";
import { OLD_SOFTMAXES, REDUCTIONS, RESIZING, SHAPES, SOFTMAXES, SUMS } from "../tflite/cases/shapes.js";
import { CONVOLUTIONS, POOLS, TRANSPOSED_CONVOLUTIONS } from "../tflite/cases/windows.js";
import { expectLoweredEqual } from "../tflite/lowered-equals-onnx.js";

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
  ["softmaxes before opset 13", OLD_SOFTMAXES, { opset: 12 }],
] as const;

describe.each(["litert", "tfjs"] as const)("lowered to TFLite, run by %s", (engine) => {
  it.each(FAMILIES)("%s give what ONNX Runtime gives", (_, cases, options) =>
    expectLoweredEqual(cases, { ...options, engine }),
  );
});
