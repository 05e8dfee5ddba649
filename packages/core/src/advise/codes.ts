// The codes of advice: what each verdict means, and what would change it. `espalier explain` prints these.

export const ADVICE = {
  CHANNELS_PAY: {
    text: "Removing half of the units of every group (channels, neurons, heads), in whole steps of the staircase, makes this network at least 1.3 times faster.",
    unblock: "Nothing to do: espalier prune MODEL --target cpu --latency 50% --out DIR.",
  },
  CHANNELS_PAY_LITTLE: {
    text: "Removing half of the units of every group makes this network only 1.05 to 1.3 times faster: much of its time lies in layers that stay dense, in work that does not depend on widths, or below one step of the staircase.",
    unblock: "See the refusals of `espalier inspect`; prune for size instead.",
  },
  CHANNELS_DO_NOT_PAY: {
    text: "Hardly any of this network's time depends on widths that can shrink: half of the units gone saves less than a twentieth.",
    unblock: "See the refusals of `espalier inspect`; prune for size instead.",
  },
  NOTHING_PRUNABLE: {
    text: "No group of this network can lose units: its layers meet graph outputs, or operators that keep them dense.",
    unblock: "See the refusals of `espalier inspect`.",
  },
  ONLY_INEXACT: {
    text: "All groups of this network that could lose units run through a mean or a normalisation over the units, so what stays would change as well. That is only done on request.",
    unblock: "Allow it with --allow-inexact, and check accuracy afterwards.",
  },
  CHANNELS_UNKNOWN: {
    text: "Whole units can go, but what that saves depends on shapes that are not known.",
    unblock: "Bind the symbolic dimensions with --dim NAME=VALUE.",
  },
  COSTS_UNKNOWN: {
    text: "Whole units can go, but the costs at hand say nothing of a kernel that this network runs, so no time is promised.",
    unblock: "Let Espalier measure this network on your machine: espalier plan MODEL --latency 50%.",
  },
  CHANNELS_SAVE_WORK: {
    text: "Removing units saves multiply-accumulates; nobody measured what that saves in time on this target, and time falls less than the arithmetic does.",
    unblock: "Prune, and measure on the device.",
  },
  ZEROS_SAVE_NO_TIME: {
    text: "Single zeros stay in dense matrices, and this runtime multiplies by them like by other numbers.",
    unblock: "Remove whole units; keep zeros for a smaller download.",
  },
  ZEROS_SAVE_TIME: {
    text: "This runtime was measured to skip single zeros.",
    unblock: "Nothing to do.",
  },
  ZEROS_NEED_SPARSE_KERNELS: {
    text: "XNNPACK skips zeros only in float32 1×1 convolutions between a padded 3×3 stride-2 convolution of three channels and a spatial mean, with nothing but 1×1 and depthwise convolutions in between, and only from two thirds of zeros on. This network is not built so, or too little of its work lies there.",
    unblock: "Remove whole units instead.",
  },
  ZEROS_PAY_IN_SPARSE_KERNELS: {
    text: "This network is built as XNNPACK's sparse kernels ask: 1×1 convolutions between a padded 3×3 stride-2 stem and a spatial mean. From two thirds of zeros on they save time.",
    unblock: "Fine-tune with 80 to 90 % zeros, and store the weights sparsely (DENSIFY).",
  },
  ZEROS_PAY_LITTLE_IN_SPARSE_KERNELS: {
    text: "This network is built as XNNPACK's sparse kernels ask, but only a small part of its work lies in 1×1 convolutions.",
    unblock: "Remove whole units instead.",
  },
  PATTERN_SAVES_NO_TIME: {
    text: "This runtime has no kernels for a pattern such as 2:4: it multiplies by the zeros.",
    unblock: "2:4 is for GPUs with sparse tensor cores.",
  },
  PATTERN_SAVES_TIME: {
    text: "This runtime was measured to be faster with two of every four weights zero.",
    unblock: "Nothing to do.",
  },
  PATTERN_NEEDS_LARGE_LAYERS: {
    text: "Sparse tensor cores win only in layers with about 256 channels or more on both sides, and hardly any of this network's work lies in such layers.",
    unblock: "Remove whole units, or use a larger batch and a wider network.",
  },
  PATTERN_PAYS_LITTLE: {
    text: "Only a part of this network's work lies in layers large enough for sparse tensor cores: 2:4 makes the whole 1.05 to 1.3 times faster at best.",
    unblock: "Remove whole units instead, or as well.",
  },
  PATTERN_PAYS_IN_LARGE_LAYERS: {
    text: "Most of this network's work lies in layers large enough for sparse tensor cores, so 2:4 can pay there, at batches that fill the GPU.",
    unblock: "Fine-tune under the mask; TensorRT times sparse and dense kernels and takes the faster.",
  },
  WORK_UNKNOWN: {
    text: "Where this network's work lies depends on shapes that are not known.",
    unblock: "Bind the symbolic dimensions with --dim NAME=VALUE.",
  },
  DOWNLOAD_IS_MODEL: {
    text: "The model is a large part of what a page downloads, so removing half of the units makes the first visit's wait at least 1.3 times shorter.",
    unblock: "Nothing to do: espalier prune MODEL --target web --ratio 0.5 --out DIR.",
  },
  DOWNLOAD_PAYS_LITTLE: {
    text: "The browser's runtime is a larger download than what pruning takes off this model: the first visit's wait becomes 1.05 to 1.3 times shorter.",
    unblock: "Prune for latency; let the browser keep the runtime in its cache.",
  },
  DOWNLOAD_IS_RUNTIME: {
    text: "Nearly all of what a page downloads is the browser's runtime: a smaller model hardly shortens the wait.",
    unblock: "Prune for latency; let the browser keep the runtime in its cache.",
  },
} as const;

export type AdviceCode = keyof typeof ADVICE;
