// Under which conditions XNNPACK computes with the zeros of 1x1 convolutions instead of over them. Where one does not hold,
// a file with sparse weights loads, gives the same and is no faster: runtimes say nothing, so it is said here.
//
// Source: the README of TensorFlow Lite's XNNPACK delegate (tensorflow/lite/delegates/xnnpack/README.md, "Sparse
// Inference") and XNNPACK's src/subgraph.c, xnn_check_nchw_compatibility and xnn_subgraph_rewrite_for_nchw, as of 2022 (in
// tfjs-tflite) and of 2025. After Elsen et al. 2020, "Fast Sparse ConvNets", arXiv:1911.09723. Where the two differ, both
// have to be met. The README's "at least 2/3" is more than 2/3 in the source.

/** Code → the condition, and what to do where it does not hold. */
export const SPARSE_CONDITIONS = {
  SPARSE_PRECISION: {
    text: "All values and weights are float32.",
    unblock: "Export with precision float32.",
  },
  SPARSE_NO_POINTWISE: {
    text: "The network has 1x1 convolutions: theirs are the only zeros that are skipped.",
    unblock: "Export it with dense weights; remove channels instead of single weights.",
  },
  SPARSE_WEIGHT_COMPUTED: {
    text: "The weights of 1x1 convolutions are stored in the file.",
    unblock: "Store the weight as an initialiser.",
  },
  SPARSE_TOO_FEW_ZEROS: {
    text: "More than two thirds of all 1x1 weights of the subgraph are zero.",
    unblock: "Prune more of the 1x1 weights: 0.85 and more is where it pays.",
  },
  SPARSE_NO_START: {
    text: "The subgraph starts with a 3x3 convolution of stride 2 over 3 channels, not at an input of the network.",
    unblock: "Put such a convolution in front.",
  },
  SPARSE_START_WINDOW: {
    text: "The only convolution that is neither 1x1 nor depthwise starts the subgraph, is 3x3 and has stride 2.",
    unblock: "Replace the convolution by a depthwise and a 1x1 one, or give the first one this form.",
  },
  SPARSE_START_CHANNELS: {
    text: "The convolution that starts the subgraph reads 3 channels.",
    unblock: "Feed images with 3 channels.",
  },
  SPARSE_START_PADDING: {
    text: "The convolution that starts the subgraph is padded by 1 on each of the four sides.",
    unblock: "Export it with pads [1, 1, 1, 1]; SAME pads an even image at the end alone.",
  },
  SPARSE_DILATED: {
    text: "Convolutions of the subgraph have no dilation.",
    unblock: "Export the network without dilations.",
  },
  SPARSE_GROUPED: {
    text: "Convolutions of the subgraph have one group, or one for each channel.",
    unblock: "Make them depthwise or whole.",
  },
  SPARSE_POINTWISE_STRIDE: {
    text: "1x1 convolutions of the subgraph have stride 1.",
    unblock: "Move the stride to the depthwise convolution in front.",
  },
  SPARSE_POINTWISE_PADDING: {
    text: "1x1 convolutions of the subgraph are not padded.",
    unblock: "Move the padding to another convolution.",
  },
  SPARSE_DEPTHWISE_WINDOW: {
    text: "Depthwise convolutions of the subgraph are 3x3 or 5x5, with stride 1 or 2 along both axes.",
    unblock: "Give the convolution such a window.",
  },
  SPARSE_DEPTHWISE_PADDING: {
    text: "Depthwise convolutions are padded by 1 (3x3) or 2 (5x5) on each of the four sides.",
    unblock:
      "Export it with the same padding on all sides; SAME pads an even image under stride 2 at the end alone.",
  },
  SPARSE_DEPTHWISE_MULTIPLIER: {
    text: "Depthwise convolutions give one channel for each that they read.",
    unblock: "Give it as many filters as channels.",
  },
  SPARSE_OPERATOR: {
    text: "Every operator between start and end has a form that computes channels first.",
    unblock: "Take the operator out, or put it behind the mean over height and width.",
  },
  SPARSE_ACTIVATION: {
    text: "Activations inside an operator are ReLU, ReLU6 or clipping to ±1.",
    unblock: "Use one of those, or an operator of its own for the activation.",
  },
  SPARSE_OPERAND: {
    text: "Operands of sums and products are images that the subgraph computes.",
    unblock: "Fold stored factors and offsets into the weights in front.",
  },
  SPARSE_RESIZE: {
    text: "Images are resized from and to more than one row and column.",
    unblock: "Take the resizing out.",
  },
  SPARSE_MEAN_AXES: {
    text: "Means run over height and width, which stay as axes of size 1.",
    unblock: "Use GlobalAveragePool.",
  },
  SPARSE_NO_END: {
    text: "All that leaves the subgraph leaves it through a mean over height and width, or through DEPTH_TO_SPACE.",
    unblock: "Put GlobalAveragePool in front of what reads the value.",
  },
  SPARSE_READ_OUTSIDE: {
    text: "What is read inside the subgraph is not read outside of it as well, nor is it an output.",
    unblock: "Take the second reader out.",
  },
} as const;

export type SparseCondition = keyof typeof SPARSE_CONDITIONS;

/** A condition that does not hold. */
export interface SparseFailure {
  /** Name of the operator's result; empty where it is about the whole network. */
  readonly node: string;
  /** TFLite's operator. */
  readonly opType: string;
  readonly code: SparseCondition;
  /** What was found. */
  readonly reason: string;
  readonly unblock: string;
}
