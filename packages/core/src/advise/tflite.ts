// Rules for TFLite with XNNPACK, from what was measured on tfjs-tflite and LiteRT.js and from XNNPACK's own conditions.

import type { Evidence } from "../granularity/granularity.js";
import type { Advice } from "./advice.js";
import { percent } from "./dense-onnx.js";
import type { NetworkShares } from "./network-shares.js";

/** Share of MACs in 1×1 convolutions from which a sparse chain is worth building. */
const MOSTLY_POINTWISE = 0.5;

const AT_90: Evidence = {
  quantity: "latency with 90 % zeros over dense, one thread",
  value: 0.225,
  unit: "×",
  source: "cited",
  reference: "tfjs-tflite 0.0.1-alpha.10: 16.0 → 3.6 ms for four 1×1 convolutions of 128 channels at 56 × 56",
};
const AT_50: Evidence = {
  quantity: "latency with 50 % zeros over dense, one thread",
  value: 1.02,
  unit: "×",
  source: "cited",
  reference: "the same network: 16.0 → 16.3 ms; XNNPACK asks for two thirds of zeros",
};
const DENSE_STORAGE: Evidence = {
  quantity: "latency with 90 % zeros stored densely over dense",
  value: 0.96,
  unit: "×",
  source: "cited",
  reference: "tfjs-tflite 0.0.1-alpha.10: 16.0 → 15.4 ms",
};

export function adviseTflite(shares: NetworkShares): Advice[] {
  const sparse = shares.float32 && shares.sparseShape && shares.pointwise >= MOSTLY_POINTWISE;
  return [
    {
      target: "tflite",
      granularity: "channel",
      pays: shares.groups.length === 0 ? "no" : "unknown",
      code: shares.groups.length === 0 ? "NOTHING_PRUNABLE" : "CHANNELS_SAVE_WORK",
      sentence:
        shares.groups.length === 0
          ? "No group of this network can shrink."
          : `Half the units leave ${shares.macs === null ? "less" : percent(shares.atHalf)} of the MACs; the time is the device's to say.`,
      evidence: [],
    },
    sparse
      ? {
          target: "tflite",
          granularity: "element",
          pays: "yes",
          code: "ZEROS_PAY_IN_SPARSE_KERNELS",
          sentence: `${percent(shares.pointwise)} of the MACs are 1×1 convolutions between a stem and a mean as XNNPACK wants them: 90 % zeros ran in 0.23 × the time, 50 % in no less.`,
          evidence: [AT_90, AT_50],
        }
      : {
          target: "tflite",
          granularity: "element",
          pays: "no",
          code: "ZEROS_NEED_SPARSE_KERNELS",
          sentence: `Single zeros: no faster; ${percent(shares.pointwise)} of the MACs are 1×1 convolutions, and ${shares.sparseShape ? "the shape fits" : "stem or end do not fit XNNPACK's sparse chain"}.`,
          evidence: [DENSE_STORAGE, AT_50],
        },
    {
      target: "tflite",
      granularity: "n-m",
      pays: "no",
      code: "PATTERN_SAVES_NO_TIME",
      sentence: "2:4: half of the weights zero is below the two thirds that sparse kernels need.",
      evidence: [AT_50],
    },
  ];
}
