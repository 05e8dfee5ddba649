// Rules for TensorRT on NVIDIA GPUs with sparse tensor cores, from its guide, its maintainers and published numbers.

import type { Evidence } from "../granularity/granularity.js";
import type { Advice } from "./advice.js";
import { percent } from "./dense-onnx.js";
import { LARGE_LAYER, type NetworkShares } from "./network-shares.js";

/** Share of MACs in large layers from which 2:4 is worth the fine-tuning. */
const MOSTLY_LARGE = 0.3;

const SIZE: Evidence = {
  quantity: "channels in and out from which sparse kernels win",
  value: LARGE_LAYER,
  unit: "channels",
  source: "cited",
  reference: "TensorRT maintainers, NVIDIA/TensorRT issues 3849 and 4065",
};
const SMALL_LAYER: Evidence = {
  quantity: "speed-up of ResNeXt-101 32x8d with 2:4",
  value: 1.006,
  unit: "×",
  source: "cited",
  reference: "NVIDIA/TensorRT issue 1403: 498.4 → 501.6 queries a second",
};
const LARGE: Evidence = {
  quantity: "speed-up of a large layer with 2:4",
  value: 1.54,
  unit: "× at least, 1.79 at most",
  source: "cited",
  reference: "layers of OPT-175B on an A100: SparseGPT, Frantar and Alistarh 2023, arXiv:2301.00774",
};

export function adviseTensorrt(shares: NetworkShares): Advice[] {
  const large = shares.large >= MOSTLY_LARGE;
  const none = shares.groups.length === 0;
  return [
    {
      target: "tensorrt",
      granularity: "channel",
      pays: none ? "no" : "unknown",
      code: none ? "NOTHING_PRUNABLE" : "CHANNELS_SAVE_WORK",
      sentence: none
        ? "No group of this network can shrink."
        : `Half the units leave ${shares.macs === null ? "less" : percent(shares.atHalf)} of the MACs; small networks do not fill a GPU, so measure there.`,
      evidence: [],
    },
    {
      target: "tensorrt",
      granularity: "n-m",
      pays: large ? "yes" : "no",
      code: large ? "PATTERN_PAYS_IN_LARGE_LAYERS" : "PATTERN_NEEDS_LARGE_LAYERS",
      sentence: `2:4: ${percent(shares.large)} of the MACs lie in layers with ${LARGE_LAYER} channels or more on both sides.`,
      evidence: large ? [SIZE, LARGE] : [SIZE, SMALL_LAYER],
    },
    {
      target: "tensorrt",
      granularity: "element",
      pays: "no",
      code: "ZEROS_SAVE_NO_TIME",
      sentence: "Single zeros: tensor cores multiply by them; only the pattern 2:4 is skipped.",
      evidence: [SIZE],
    },
  ];
}
