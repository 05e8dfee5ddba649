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
    step: 8,
    stair: [
      {
        width: 33,
        us: 270.5,
      },
      {
        width: 34,
        us: 270.88,
      },
      {
        width: 35,
        us: 412.75,
      },
      {
        width: 36,
        us: 329.25,
      },
      {
        width: 37,
        us: 250.5,
      },
      {
        width: 38,
        us: 487.75,
      },
      {
        width: 39,
        us: 495.63,
      },
      {
        width: 40,
        us: 323.88,
      },
      {
        width: 41,
        us: 329.25,
      },
      {
        width: 42,
        us: 427.5,
      },
      {
        width: 43,
        us: 453.38,
      },
      {
        width: 44,
        us: 373.38,
      },
      {
        width: 45,
        us: 469.25,
      },
      {
        width: 46,
        us: 414,
      },
      {
        width: 47,
        us: 497.38,
      },
      {
        width: 48,
        us: 403.5,
      },
      {
        width: 49,
        us: 559,
      },
      {
        width: 50,
        us: 557.88,
      },
      {
        width: 51,
        us: 606,
      },
      {
        width: 52,
        us: 511.88,
      },
      {
        width: 53,
        us: 548.38,
      },
      {
        width: 54,
        us: 612.63,
      },
      {
        width: 55,
        us: 678.63,
      },
      {
        width: 56,
        us: 504.75,
      },
      {
        width: 57,
        us: 593.88,
      },
      {
        width: 58,
        us: 722.75,
      },
      {
        width: 59,
        us: 731.75,
      },
      {
        width: 60,
        us: 661,
      },
      {
        width: 61,
        us: 784.5,
      },
      {
        width: 62,
        us: 812.25,
      },
      {
        width: 63,
        us: 826,
      },
      {
        width: 64,
        us: 637.5,
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
        fixedUs: 10.65,
        nsPerMac: 0.02068,
        nsPerElement: 0.5121,
      },
      {
        kind: "conv-transpose",
        fixedUs: 1260,
        nsPerMac: 0.06019,
        nsPerElement: 1.964,
      },
      {
        kind: "depthwise-conv",
        fixedUs: 8.101,
        nsPerMac: 0.05819,
        nsPerElement: 0.06478,
      },
      {
        kind: "matmul",
        fixedUs: 7.91,
        nsPerMac: 0,
        nsPerElement: 0.3369,
      },
      {
        kind: "other",
        fixedUs: 0,
        nsPerMac: 0,
        nsPerElement: 0.08459,
      },
      {
        kind: "pointwise-conv",
        fixedUs: 8.114,
        nsPerMac: 0.02445,
        nsPerElement: 0.1535,
      },
    ],
  },
  zeros: {
    quantity: "a layer with 90 % zeros",
    value: 0.96,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "3×3 convolution, 64 channels, 28 × 28, one thread",
  },
  twoOfFour: {
    quantity: "a layer with 2 of 4 weights zero",
    value: 1.02,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "3×3 convolution, 64 channels, 28 × 28, one thread",
  },
};
