// Advice: before anything is pruned, what would pay on a target and what would not, each with its reason and the
// number behind it.

import type { Evidence, Granularity } from "../granularity/granularity.js";

/** "yes" from 1.3 times faster on, "little" from 1.05 on. */
export type Pays = "yes" | "little" | "no" | "unknown";

export interface Advice {
  readonly target: string;
  /** What would be removed: whole units, single zeros, 2:4, … */
  readonly granularity: Granularity;
  readonly pays: Pays;
  readonly code: AdviceCode;
  /** One sentence for people, with the numbers of this network. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
}

/** Code → what the verdict means, and what would change it. `espalier explain` prints these. */
export const ADVICE = {
  CHANNELS_PAY: {
    text: "Removing half of the units of every group, in whole steps of the staircase, makes this network clearly faster.",
    unblock: "Nothing to do: espalier prune MODEL --target T --latency 50%.",
  },
  CHANNELS_PAY_LITTLE: {
    text: "Removing half of the units of every group makes this network only a little faster: much of its time lies in layers that stay dense, in work that does not depend on widths, or below one step of the staircase.",
    unblock: "See the refusals of `espalier inspect`; prune for size instead.",
  },
  CHANNELS_DO_NOT_PAY: {
    text: "Hardly any of this network's time depends on widths that can shrink.",
    unblock: "See the refusals of `espalier inspect`.",
  },
  NOTHING_PRUNABLE: {
    text: "No group of this network can lose units: its layers meet graph outputs, or operators that keep them dense.",
    unblock: "See the refusals of `espalier inspect`.",
  },
  CHANNELS_UNKNOWN: {
    text: "Whole units can go, but what that saves depends on shapes that are not known.",
    unblock: "Bind the symbolic dimensions with --dim NAME=VALUE.",
  },
  CHANNELS_SAVE_WORK: {
    text: "Removing units saves multiply-accumulates in proportion; this target was not measured here, so no time is promised.",
    unblock: "Measure on the device.",
  },
  ZEROS_SAVE_NO_TIME: {
    text: "Single zeros stay in dense matrices, and this runtime multiplies by them like by other numbers.",
    unblock: "Remove whole units; keep zeros for a smaller download.",
  },
  ZEROS_NEED_SPARSE_KERNELS: {
    text: "XNNPACK skips zeros only in a chain of float 1×1 convolutions that begins with a 3×3 stride-2 convolution of three channels and ends in a spatial mean, and only from two thirds of zeros on. This network is not built so.",
    unblock: "Remove whole units instead.",
  },
  ZEROS_PAY_IN_SPARSE_KERNELS: {
    text: "This network is built as XNNPACK's sparse kernels ask: 1×1 convolutions between a 3×3 stride-2 stem and a spatial mean. From two thirds of zeros on they save time.",
    unblock: "Nothing to do; 80 to 90 % zeros are worth the fine-tuning.",
  },
  PATTERN_SAVES_NO_TIME: {
    text: "This runtime has no kernels for a pattern such as 2:4: it multiplies by the zeros.",
    unblock: "Use the server GPU target for 2:4.",
  },
  PATTERN_NEEDS_LARGE_LAYERS: {
    text: "Sparse tensor cores win only in layers with about 256 channels or more on both sides, and little of this network's work lies in such layers.",
    unblock: "Remove whole units, or use a larger batch and a wider network.",
  },
  PATTERN_PAYS_IN_LARGE_LAYERS: {
    text: "Much of this network's work lies in layers large enough for sparse tensor cores, so 2:4 can pay there.",
    unblock: "Fine-tune under the mask; TensorRT times sparse and dense kernels and takes the faster.",
  },
  DOWNLOAD_IS_RUNTIME: {
    text: "The browser's runtime is a larger download than this model: a smaller model hardly shortens the wait.",
    unblock: "Prune for latency; cache the runtime.",
  },
  DOWNLOAD_IS_MODEL: {
    text: "The model is the larger part of the download, so removing units shortens the wait as well.",
    unblock: "Nothing to do.",
  },
} as const;

export type AdviceCode = keyof typeof ADVICE;
