// Rules for TFLite with XNNPACK, from what was measured on its builds for browsers and from XNNPACK's own conditions.

import type { Evidence } from "../granularity/granularity.js";
import type { Subject } from "../target/subject.js";
import { type Advice, gainOfPart, type Pays, paysAt, percent, times } from "./advice.js";
import { adviseChannels, workUnknown } from "./channels.js";
import type { AdviceCode } from "./codes.js";
import type { NetworkShares } from "./network-shares.js";

const NETWORK = "a stem and four 1×1 convolutions of 128 channels at 56 × 56, one thread";

/** The slower of the two builds that gain counts. */
export const AT_90: Evidence = {
  quantity: "speed-up by 90 % zeros stored sparsely",
  value: 2,
  unit: "× faster",
  source: "cited",
  reference: `LiteRT.js 2.5.3, ${NETWORK}: 14.2 → 7.1 ms (tfjs-tflite 0.0.1-alpha.10: 16.0 → 3.6 ms)`,
};
export const AT_50: Evidence = {
  quantity: "speed-up by 50 % zeros stored sparsely",
  value: 0.96,
  unit: "× faster",
  source: "cited",
  reference: `LiteRT.js 2.5.3, ${NETWORK}: 14.2 → 14.8 ms (tfjs-tflite: 16.0 → 16.3 ms)`,
};
export const DENSE_STORAGE: Evidence = {
  quantity: "speed-up by 90 % zeros stored densely",
  value: 0.95,
  unit: "× faster",
  source: "cited",
  reference: `LiteRT.js 2.5.3, ${NETWORK}: 14.2 → 15.0 ms (tfjs-tflite: 16.0 → 15.4 ms)`,
};
/** Below it XNNPACK runs dense kernels. */
export const ZEROS_NEEDED: Evidence = {
  quantity: "share of zeros that XNNPACK's sparse kernels ask for",
  value: 2 / 3,
  unit: "of the 1×1 convolutions' weights",
  source: "cited",
  reference: "LiteRT, XNNPACK delegate, README, sparse inference",
};

const CODES: Readonly<Record<Exclude<Pays, "unknown">, AdviceCode>> = {
  yes: "ZEROS_PAY_IN_SPARSE_KERNELS",
  little: "ZEROS_PAY_LITTLE_IN_SPARSE_KERNELS",
  no: "ZEROS_NEED_SPARSE_KERNELS",
};

export function adviseTflite(subject: Subject, shares: NetworkShares): Advice[] {
  return [
    adviseChannels("tflite", subject, shares, null),
    zeros(subject, shares),
    {
      target: "tflite",
      granularity: "n-m",
      benefit: "latency",
      pays: "no",
      gain: null,
      code: "PATTERN_SAVES_NO_TIME",
      sentence: "no faster: sparse kernels ask for two thirds of zeros, the pattern has half",
      evidence: [ZEROS_NEEDED, AT_50],
    },
  ];
}

function zeros(subject: Subject, { sparseObstacle, pointwise }: NetworkShares): Advice {
  const common = { target: "tflite", granularity: "element", benefit: "latency" } as const;
  if (sparseObstacle !== null)
    return {
      ...common,
      pays: "no",
      gain: null,
      code: "ZEROS_NEED_SPARSE_KERNELS",
      sentence: `no faster: no sparse kernels for it, as ${sparseObstacle}`,
      evidence: [DENSE_STORAGE],
    };
  if (pointwise === null) return { ...common, ...workUnknown(subject, AT_90) };
  const gain = gainOfPart(pointwise, AT_90.value);
  const pays = paysAt(gain);
  return {
    ...common,
    pays,
    gain,
    code: CODES[pays],
    sentence: `about ${times(gain)} faster with 90 % zeros: ${percent(pointwise)} of the MACs are 1×1 convolutions`,
    evidence: [AT_90, ZEROS_NEEDED],
  };
}
