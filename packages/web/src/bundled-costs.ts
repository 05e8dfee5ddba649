// Written by `node benchmarks/bundled-costs.mjs --target web`: costs of one machine, for networks that nobody has measured on
// yours. A prediction from these says so.

import type { DenseRuntimeFacts } from "@espalier/core";

export const BUNDLED_COSTS: Omit<DenseRuntimeFacts, "target"> = {
  table: {
    schema: 1,
    origin: "bundled",
    machine: {
      cpu: "AMD EPYC",
      cores: 2,
      memoryBytes: 25276063744,
      platform: "linux x64",
      os: "6.18.44-fc-v782",
      node: "20.20.2",
    },
    runtime: "onnxruntime-web 1.30.0 wasm, Chromium 156.0.8078.108",
    threads: 1,
    source: null,
    step: 2,
    stair: [
      {
        width: 33,
        us: 1047.62,
      },
      {
        width: 34,
        us: 1053.24,
      },
      {
        width: 35,
        us: 1000.49,
      },
      {
        width: 36,
        us: 1172.23,
      },
      {
        width: 37,
        us: 1340.69,
      },
      {
        width: 38,
        us: 1309.44,
      },
      {
        width: 39,
        us: 1099.65,
      },
      {
        width: 40,
        us: 1434.37,
      },
      {
        width: 41,
        us: 1457.85,
      },
      {
        width: 42,
        us: 1321.24,
      },
      {
        width: 43,
        us: 1569.2,
      },
      {
        width: 44,
        us: 1468.39,
      },
      {
        width: 45,
        us: 1539.46,
      },
      {
        width: 46,
        us: 1789.48,
      },
      {
        width: 47,
        us: 1932.27,
      },
      {
        width: 48,
        us: 1900.46,
      },
      {
        width: 49,
        us: 1967.38,
      },
      {
        width: 50,
        us: 1855.66,
      },
      {
        width: 51,
        us: 2190.76,
      },
      {
        width: 52,
        us: 2169.95,
      },
      {
        width: 53,
        us: 2290.41,
      },
      {
        width: 54,
        us: 2044.3,
      },
      {
        width: 55,
        us: 2496.47,
      },
      {
        width: 56,
        us: 2460.88,
      },
      {
        width: 57,
        us: 2566.98,
      },
      {
        width: 58,
        us: 2661.99,
      },
      {
        width: 59,
        us: 2919.85,
      },
      {
        width: 60,
        us: 3079.95,
      },
      {
        width: 61,
        us: 2937.26,
      },
      {
        width: 62,
        us: 3063.54,
      },
      {
        width: 63,
        us: 3050.09,
      },
      {
        width: 64,
        us: 3105.23,
      },
    ],
    patterns: [],
    others: [],
    runs: [],
    overheadUs: 0,
    denseUs: 0,
    profilerUs: 0,
    kinds: [
      {
        kind: "conv",
        fixedUs: 6.634,
        nsPerMac: 0.1078,
        nsPerElement: 3.651,
      },
      {
        kind: "depthwise-conv",
        fixedUs: 13.66,
        nsPerMac: 0.4145,
        nsPerElement: 1.59,
      },
      {
        kind: "matmul",
        fixedUs: 5.49,
        nsPerMac: 0,
        nsPerElement: 0.4995,
      },
      {
        kind: "other",
        fixedUs: 0,
        nsPerMac: 0,
        nsPerElement: 0.5643,
      },
      {
        kind: "pointwise-conv",
        fixedUs: 4.506,
        nsPerMac: 0.1107,
        nsPerElement: 0.5072,
      },
    ],
  },
  zeros: {
    quantity: "a layer with 90 % zeros",
    value: 0.913,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "3×3 convolution, 64 channels, 28 × 28, one thread",
  },
  twoOfFour: {
    quantity: "a layer with 2 of 4 weights zero",
    value: 0.95,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "3×3 convolution, 64 channels, 28 × 28, one thread",
  },
};
