// Rules for TensorRT on NVIDIA GPUs with sparse tensor cores, from its guide, its maintainers and published numbers.

import type { Evidence } from "../granularity/granularity.js";
import type { Subject } from "../target/subject.js";
import { type Advice, gainOfPart, type Pays, paysAt, percent, times } from "./advice.js";
import { adviseChannels, workUnknown } from "./channels.js";
import type { AdviceCode } from "./codes.js";
import { LARGE_LAYER, type NetworkShares } from "./network-shares.js";

export const SIZE: Evidence = {
  quantity: "channels in and out from which sparse kernels win",
  value: LARGE_LAYER,
  unit: "channels",
  source: "cited",
  reference: "TensorRT's maintainers, NVIDIA/TensorRT issues 3849 and 4065",
};
export const NARROW_GROUPS: Evidence = {
  quantity: "speed-up of ResNeXt-101 32x8d with 2:4, whose groups have 8 to 64 channels",
  value: 1.006,
  unit: "× faster",
  source: "cited",
  reference: "NVIDIA/TensorRT issue 1403: 498.4 → 501.6 queries a second",
};
/** The least of the layers that were timed. */
export const LARGE: Evidence = {
  quantity: "speed-up of a large layer with 2:4, at least (at most 1.79)",
  value: 1.54,
  unit: "× faster",
  source: "cited",
  reference: "layers of OPT-175B on an A100: SparseGPT, Frantar and Alistarh 2023, arXiv:2301.00774",
};

const CODES: Readonly<Record<Exclude<Pays, "unknown">, AdviceCode>> = {
  yes: "PATTERN_PAYS_IN_LARGE_LAYERS",
  little: "PATTERN_PAYS_LITTLE",
  no: "PATTERN_NEEDS_LARGE_LAYERS",
};

export function adviseTensorrt(subject: Subject, shares: NetworkShares): Advice[] {
  return [
    adviseChannels("tensorrt", subject, shares, null),
    twoOfFour(subject, shares),
    {
      target: "tensorrt",
      granularity: "element",
      benefit: "latency",
      pays: "no",
      gain: null,
      code: "ZEROS_SAVE_NO_TIME",
      sentence: "no faster: tensor cores skip the pattern 2:4 only",
      evidence: [SIZE],
    },
  ];
}

function twoOfFour(subject: Subject, { large }: NetworkShares): Advice {
  const common = { target: "tensorrt", granularity: "n-m", benefit: "latency" } as const;
  if (large === null) return { ...common, ...workUnknown(subject, SIZE) };
  const gain = gainOfPart(large, LARGE.value);
  const pays = paysAt(gain);
  const where = `${percent(large)} of the MACs lie in layers of ${LARGE_LAYER} channels or more`;
  return {
    ...common,
    pays,
    gain: pays === "no" ? null : gain,
    code: CODES[pays],
    sentence:
      pays === "no"
        ? `no faster: ${where}`
        : `about ${times(gain)} faster where batches fill the GPU: ${where}`,
    evidence: pays === "no" ? [SIZE, NARROW_GROUPS] : [SIZE, LARGE],
  };
}
