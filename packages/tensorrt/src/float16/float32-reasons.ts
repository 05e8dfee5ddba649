// Why a node of a network that is rewritten in float16 stays in float32: code → what it means and what would change it.

export const FLOAT32_REASONS = {
  FLOAT32_TYPE: {
    text: "ONNX has no float16 for this operator, or its type is an attribute's or a quantisation's.",
    unblock: "Nothing to do: Casts stand around it.",
  },
  FLOAT32_OVERFLOW: {
    text: "It sums, multiplies or raises to a power, and parts or results may exceed 65504, the largest number that float16 holds: reductions, Pow, Exp, normalisations.",
    unblock: "Nothing to do: float32 is what keeps its results finite.",
  },
  FLOAT32_ORDER: {
    text: "It puts numbers in order, and rounding makes equal what was not.",
    unblock: "Nothing to do.",
  },
  FLOAT32_STATE: {
    text: "What it carries from step to step would gather the rounding of every step: LSTM, GRU, RNN.",
    unblock: "Nothing to do.",
  },
  FLOAT32_PLACES: {
    text: "Its floats are places or counts, which float16 has without gaps up to 2048.",
    unblock: "Nothing to do.",
  },
  FLOAT32_COUNTED: {
    text: "What it computes follows from integers alone, such as positions and sizes, which float16 has without gaps up to 2048.",
    unblock: "Nothing to do.",
  },
  FLOAT32_CONSTANT: {
    text: "It reads a stored number beyond 65504, the largest that float16 holds.",
    unblock: "Store a smaller number where one does as well: masks often add -1e9 where -1e4 would do.",
  },
  FLOAT32_SUBGRAPH: {
    text: "It holds graphs of its own (If, Loop, Scan), which stay as they are.",
    unblock: "Export the model without control flow where possible.",
  },
  FLOAT32_UNKNOWN: {
    text: "Nobody described this operator, so it is not known what it does in float16.",
    unblock: "Describe it: docs/adding-an-op.md.",
  },
} as const;

export type KeptReason = keyof typeof FLOAT32_REASONS;
