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
    step: 1,
    stair: [
      {
        width: 33,
        us: 996.94,
      },
      {
        width: 34,
        us: 1087.56,
      },
      {
        width: 35,
        us: 1167.09,
      },
      {
        width: 36,
        us: 1180.74,
      },
      {
        width: 37,
        us: 1273.14,
      },
      {
        width: 38,
        us: 1434.59,
      },
      {
        width: 39,
        us: 1425.5,
      },
      {
        width: 40,
        us: 1442.93,
      },
      {
        width: 41,
        us: 1265.62,
      },
      {
        width: 42,
        us: 1469.68,
      },
      {
        width: 43,
        us: 1722.52,
      },
      {
        width: 44,
        us: 1617.15,
      },
      {
        width: 45,
        us: 2096.5,
      },
      {
        width: 46,
        us: 1966.56,
      },
      {
        width: 47,
        us: 1907.49,
      },
      {
        width: 48,
        us: 2288.44,
      },
      {
        width: 49,
        us: 2187.7,
      },
      {
        width: 50,
        us: 2223.23,
      },
      {
        width: 51,
        us: 2073.45,
      },
      {
        width: 52,
        us: 2144.71,
      },
      {
        width: 53,
        us: 2545.75,
      },
      {
        width: 54,
        us: 2496.96,
      },
      {
        width: 55,
        us: 2562.09,
      },
      {
        width: 56,
        us: 2659.46,
      },
      {
        width: 57,
        us: 2574.5,
      },
      {
        width: 58,
        us: 2929.44,
      },
      {
        width: 59,
        us: 2734.07,
      },
      {
        width: 60,
        us: 3255.54,
      },
      {
        width: 61,
        us: 4093.51,
      },
      {
        width: 62,
        us: 2807.82,
      },
      {
        width: 63,
        us: 3192.54,
      },
      {
        width: 64,
        us: 3482.66,
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
        fixedUs: 3.81,
        nsPerMac: 0.1319,
        nsPerElement: 2.685,
      },
      {
        kind: "depthwise-conv",
        fixedUs: 1.244,
        nsPerMac: 0.5054,
        nsPerElement: 2.081,
      },
      {
        kind: "matmul",
        fixedUs: 2.856,
        nsPerMac: 0.5217,
        nsPerElement: 0,
      },
      {
        kind: "other",
        fixedUs: 0,
        nsPerMac: 0,
        nsPerElement: 0.656,
      },
      {
        kind: "pointwise-conv",
        fixedUs: 2.163,
        nsPerMac: 0.1307,
        nsPerElement: 0.1062,
      },
    ],
  },
  zeros: {
    quantity: "a layer with 90 % zeros",
    value: 0.985,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "3×3 convolution, 64 channels, 28 × 28, one thread",
  },
  twoOfFour: {
    quantity: "a layer with 2 of 4 weights zero",
    value: 1.12,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "3×3 convolution, 64 channels, 28 × 28, one thread",
  },
};
