// Written by `node benchmarks/bundled-costs.mjs --target web`: costs of one machine, for networks that nobody has measured on
// yours. A prediction from these says so.

import type { DenseRuntimeFacts } from "@espalier/core";

export const BUNDLED_COSTS: Omit<DenseRuntimeFacts, "target"> = {
  "table": {
    "schema": 1,
    "origin": "bundled",
    "machine": {
      "cpu": "AMD EPYC",
      "cores": 2,
      "memoryBytes": 25276063744,
      "platform": "linux x64",
      "os": "6.18.44-fc-v782",
      "node": "20.20.2"
    },
    "runtime": "onnxruntime-web 1.30.0 wasm, Chromium 156.0.8078.108",
    "threads": 1,
    "source": null,
    "step": 1,
    "stair": [
      {
        "width": 33,
        "us": 937.11
      },
      {
        "width": 34,
        "us": 975.34
      },
      {
        "width": 35,
        "us": 1131.38
      },
      {
        "width": 36,
        "us": 709.09
      },
      {
        "width": 37,
        "us": 1331.68
      },
      {
        "width": 38,
        "us": 1299.86
      },
      {
        "width": 39,
        "us": 1222.7
      },
      {
        "width": 40,
        "us": 1369.43
      },
      {
        "width": 41,
        "us": 1055.83
      },
      {
        "width": 42,
        "us": 1175.72
      },
      {
        "width": 43,
        "us": 1565.75
      },
      {
        "width": 44,
        "us": 1575.36
      },
      {
        "width": 45,
        "us": 1915.24
      },
      {
        "width": 46,
        "us": 1433.3
      },
      {
        "width": 47,
        "us": 1144.39
      },
      {
        "width": 48,
        "us": 1999.23
      },
      {
        "width": 49,
        "us": 1543.79
      },
      {
        "width": 50,
        "us": 1637.11
      },
      {
        "width": 51,
        "us": 1750.15
      },
      {
        "width": 52,
        "us": 1732.62
      },
      {
        "width": 53,
        "us": 1686.88
      },
      {
        "width": 54,
        "us": 2097.73
      },
      {
        "width": 55,
        "us": 1943.96
      },
      {
        "width": 56,
        "us": 2430.26
      },
      {
        "width": 57,
        "us": 2066.18
      },
      {
        "width": 58,
        "us": 1564.12
      },
      {
        "width": 59,
        "us": 2752.96
      },
      {
        "width": 60,
        "us": 2350.82
      },
      {
        "width": 61,
        "us": 1874.03
      },
      {
        "width": 62,
        "us": 1690.43
      },
      {
        "width": 63,
        "us": 2427.15
      },
      {
        "width": 64,
        "us": 3086.92
      }
    ],
    "patterns": [],
    "others": [],
    "runs": [],
    "overheadUs": 0,
    "denseUs": 0,
    "profilerUs": 0,
    "kinds": [
      {
        "kind": "conv",
        "fixedUs": 2.548,
        "nsPerMac": 0.1067,
        "nsPerElement": 3.096
      },
      {
        "kind": "depthwise-conv",
        "fixedUs": 5.252,
        "nsPerMac": 0.4047,
        "nsPerElement": 1.529
      },
      {
        "kind": "matmul",
        "fixedUs": 1.801,
        "nsPerMac": 0,
        "nsPerElement": 0.4552
      },
      {
        "kind": "other",
        "fixedUs": 0,
        "nsPerMac": 0,
        "nsPerElement": 0.5707
      },
      {
        "kind": "pointwise-conv",
        "fixedUs": 3.386,
        "nsPerMac": 0.1091,
        "nsPerElement": 0.2899
      }
    ]
  },
  "zeros": {
    "quantity": "a layer with 90 % zeros",
    "value": 0.791,
    "unit": "× the dense layer's time",
    "source": "measured",
    "reference": "3×3 convolution, 64 channels, 28 × 28, one thread"
  },
  "twoOfFour": {
    "quantity": "a layer with 2 of 4 weights zero",
    "value": 0.853,
    "unit": "× the dense layer's time",
    "source": "measured",
    "reference": "3×3 convolution, 64 channels, 28 × 28, one thread"
  }
};
