// Written by `node benchmarks/bundled-costs.mjs`: costs of one machine, for networks that nobody has measured on
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
    runtime: "onnxruntime-node 1.30.0",
    threads: 1,
    source: null,
    step: 1,
    stair: [
      {
        width: 33,
        us: 260.25,
      },
      {
        width: 34,
        us: 298.5,
      },
      {
        width: 35,
        us: 324.25,
      },
      {
        width: 36,
        us: 339.88,
      },
      {
        width: 37,
        us: 427.75,
      },
      {
        width: 38,
        us: 289.38,
      },
      {
        width: 39,
        us: 547.5,
      },
      {
        width: 40,
        us: 356,
      },
      {
        width: 41,
        us: 552.63,
      },
      {
        width: 42,
        us: 567.75,
      },
      {
        width: 43,
        us: 677.75,
      },
      {
        width: 44,
        us: 476.5,
      },
      {
        width: 45,
        us: 329,
      },
      {
        width: 46,
        us: 666.5,
      },
      {
        width: 47,
        us: 797.25,
      },
      {
        width: 48,
        us: 417.5,
      },
      {
        width: 49,
        us: 497.75,
      },
      {
        width: 50,
        us: 547.25,
      },
      {
        width: 51,
        us: 570.38,
      },
      {
        width: 52,
        us: 526.5,
      },
      {
        width: 53,
        us: 656.75,
      },
      {
        width: 54,
        us: 941,
      },
      {
        width: 55,
        us: 863.38,
      },
      {
        width: 56,
        us: 453.75,
      },
      {
        width: 57,
        us: 639,
      },
      {
        width: 58,
        us: 890.5,
      },
      {
        width: 59,
        us: 110.5,
      },
      {
        width: 60,
        us: 679.13,
      },
      {
        width: 61,
        us: 1858.75,
      },
      {
        width: 62,
        us: 1354.5,
      },
      {
        width: 63,
        us: 974.75,
      },
      {
        width: 64,
        us: 718,
      },
    ],
    patterns: [],
    rates: [],
    others: [],
    overheadUs: 0,
    kinds: [
      {
        kind: "conv",
        fixedUs: 15.47,
        nsPerMac: 0.04041,
        nsPerElement: 0.5238,
      },
      {
        kind: "conv-transpose",
        fixedUs: 442.5,
        nsPerMac: 0.2208,
        nsPerElement: 0.4042,
      },
      {
        kind: "depthwise-conv",
        fixedUs: 15.8,
        nsPerMac: 0.07403,
        nsPerElement: 0.2196,
      },
      {
        kind: "matmul",
        fixedUs: 9.42,
        nsPerMac: 0,
        nsPerElement: 0.5085,
      },
      {
        kind: "other",
        fixedUs: 0,
        nsPerMac: 0,
        nsPerElement: 0.1412,
      },
      {
        kind: "pointwise-conv",
        fixedUs: 11.47,
        nsPerMac: 0.0343,
        nsPerElement: 0.2133,
      },
    ],
  },
  zeros: {
    quantity: "a layer with 90 % zeros",
    value: 1.07,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "3×3 convolution, 64 channels, 28 × 28, one thread",
  },
  twoOfFour: {
    quantity: "a layer with 2 of 4 weights zero",
    value: 1.18,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "3×3 convolution, 64 channels, 28 × 28, one thread",
  },
};
