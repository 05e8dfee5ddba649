// Reasons why something stays dense. A refusal is not an error: it is part of the answer.

/** Reason code → what it means and what would unblock it. `espalier explain CODE` prints these. */
export const REASONS = {
  GRAPH_INPUT: {
    text: "The axis belongs to a graph input, whose shape is part of the model's interface.",
    unblock: "Nothing to do: interfaces are never changed.",
  },
  GRAPH_OUTPUT: {
    text: "The axis reaches a graph output, whose shape is part of the model's interface.",
    unblock:
      "Nothing to do: interfaces are never changed. Classes or boxes can only be removed by retraining.",
  },
  UNKNOWN_OP: {
    text: "No handler describes this operator, so what it does along its axes is not known.",
    unblock: "Add a handler (docs/adding-an-op.md) and pass it to the target.",
  },
  UNSUPPORTED_OP: {
    text: "The operator ties its axes in a way this version cannot slice.",
    unblock: "A later version may describe it; until then everything that meets it stays dense.",
  },
  RECURRENT: {
    text: "Recurrent layers (LSTM, GRU, RNN) are not sliced by this version.",
    unblock: "A later version removes hidden units; until then the layers that meet it stay dense.",
  },
  QUANTISED: {
    text: "Quantised weights are not sliced by this version.",
    unblock: "Prune the float model first, then quantise.",
  },
  CONTROL_FLOW: {
    text: "The value enters or leaves a subgraph (If, Loop, Scan), which this version does not look into.",
    unblock: "Export the model without control flow where possible.",
  },
  SPATIAL: {
    text: "The axis is batch, time or space, or is mixed position by position: it holds no units of weights.",
    unblock: "Nothing to do.",
  },
  RESHAPE_NOT_FACTORABLE: {
    text: "A reshape or concatenation regroups the axis so that its units cannot be told apart any more.",
    unblock: "Export the model with reshapes that split or join whole factors.",
  },
  SHAPE_NOT_REWRITABLE: {
    text: "A shape, index or size that would have to change is computed inside the model, not constant.",
    unblock: "Simplify the model with constant folding, or bind its symbolic dimensions before exporting.",
  },
  SYMBOLIC_DIMENSION: {
    text: "The size of the axis is not known.",
    unblock: "Bind it with --dim NAME=VALUE, or export the model with a fixed size.",
  },
  UNKNOWN_SHAPE: {
    text: "Not even the rank of the tensor is known.",
    unblock: "Run shape inference when exporting, or add a handler for the operator that produces it.",
  },
  INDEX_MEANING: {
    text: "The operator gives out positions along the axis, or is given them as data: renumbering would change its answer.",
    unblock: "Nothing to do.",
  },
  NO_WEIGHTS: {
    text: "No weights produce these units, so there is nothing to rank or to remove.",
    unblock: "Nothing to do.",
  },
  INEXACT: {
    text: "A normalisation, mean, maximum or product runs over the units, so removing them changes what the others become, beyond what zeroing does.",
    unblock: "Allow it with --allow-inexact and recover with fine-tuning.",
  },
  ORDER_MATTERS: {
    text: "An operator reads neighbouring units (local response normalisation), so they cannot change places.",
    unblock: "Nothing to do: the units stay in their order.",
  },
  UNITS_SHARE_BLOCKS: {
    text: "A layer reads the group's units mixed with others inside blocks of the pattern, so no better order can be searched column by column.",
    unblock: "Nothing to do: the units stay in their order.",
  },
  NONFINITE: {
    text: "A weight of the group is NaN or infinite, so its units cannot be ranked.",
    unblock: "Repair the weights; a network with such weights is rarely what you want.",
  },
  TOO_NARROW: {
    text: "The group is already as narrow as the request, the step and the least width allow.",
    unblock: "Ask for a higher ratio, a smaller --step or a smaller --min-width.",
  },
  BUDGET_UNREACHABLE: {
    text: "Even with every group as narrow as it may become the network costs more than the budget.",
    unblock:
      "Ask for less, allow narrower groups (--min-width, --max-ratio, --step), or include more groups.",
  },
  EXCLUDED: {
    text: "The user's --include or --exclude leaves this group out.",
    unblock: "Change --include or --exclude.",
  },
  INVALID_NODE: {
    text: "The node does not fit its operator's definition.",
    unblock: "Check the model with a graph viewer or the ONNX checker.",
  },
  SHARED_WEIGHTS: {
    text: "Several layers read these weights, so they cannot be solved anew for one of them.",
    unblock: "Export the model with a copy of the weights for each layer.",
  },
  NOT_SOLVED: {
    text: "The weights of this operator are not solved anew: only those of convolutions and matrix products are.",
    unblock:
      "Fine-tune the pruned model where this layer matters; its sliced weights are exact for what is left.",
  },
  WEIGHT_TYPE: {
    text: "The weights are of an element type that is not solved anew.",
    unblock: "Recover the model in float32 or float16 and convert it afterwards.",
  },
  TOO_WIDE: {
    text: "The layer reads more inputs per output than least squares is done for (8192).",
    unblock: "Nothing to do: its sliced weights stay.",
  },
  BIAS_NOT_STORED: {
    text: "The layer's bias is computed or shared, so no bias can be stored that fits the new weights.",
    unblock: "Export the model with a bias of its own for each layer.",
  },
  CALIBRATION_NONFINITE: {
    text: "What the calibration inputs lead to at this layer is NaN or infinite.",
    unblock: "Calibrate on inputs for which the dense network gives finite values.",
  },
  DROP_UNREACHABLE: {
    text: "Every size that was tried loses more than --max-drop allows on the held-out inputs.",
    unblock: "Allow a larger drop, give more calibration inputs, or recover (--recover reconstruct).",
  },
  PATTERN_MISFIT: {
    text: "The axis that outputs are summed along is no multiple of the pattern's block, so no kernel for the pattern takes the layer.",
    unblock: "Choose widths that are multiples of the block (--step), or leave the layer dense.",
  },
  PATTERN_AXES: {
    text: "Several layers read these weights along different axes, and a pattern lies along one.",
    unblock: "Export the model with a copy of the weights for each layer.",
  },
  PATTERN_OPERAND: {
    text: "What the layer reads is computed from stored weights (transposed, dequantised), so a pattern cannot be stored in it.",
    unblock: "Simplify the model with constant folding.",
  },
  SPARSE_UNALIGNED: {
    text: "Sparse tensor core kernels want a multiple of 16 inputs and of 8 outputs.",
    unblock: "Choose widths by --step 16.",
  },
  SPARSE_TOO_SMALL: {
    text: "Sparse tensor core kernels win from about 256 inputs times kernel positions and 256 outputs on: a smaller layer keeps its weights.",
    unblock: "Nothing to do, or --granularity 2:4 to mask it all the same.",
  },
  SPARSE_NOT_FASTER: {
    text: "The sparse kernel of this layer is not faster than the dense one, so it keeps its weights.",
    unblock: "Nothing to do: larger batches or another device may change it.",
  },
  UNBOUND_DIMENSION: {
    text: "A dimension is symbolic, so work that depends on it cannot be counted or run.",
    unblock: "Bind it with --dim NAME=VALUE.",
  },
} as const;

export type ReasonCode = keyof typeof REASONS;

/** Why an axis stays dense. */
export interface Refusal {
  readonly code: ReasonCode;
  /** Name of the node that blocks, when it is one. */
  readonly node: string | null;
  readonly opType: string | null;
  /** More than the code's own text, when there is more to say. */
  readonly detail: string | null;
}

export function refusal(
  code: ReasonCode,
  node: { name: string; opType: string } | null = null,
  detail: string | null = null,
): Refusal {
  return { code, node: node?.name ?? null, opType: node?.opType ?? null, detail };
}
