// Why a node has no form in TFLite. A refusal is part of the answer: every node that cannot be lowered is listed, with what
// would unblock it, and no file is written.

/** Reason code → what it means and what would unblock it. */
export const TFLITE_REASONS = {
  OP_NOT_LOWERED: {
    text: "No lowering describes this operator, so it has no form in a TFLite file.",
    unblock:
      "Write a lowering (docs/adding-an-op.md) and pass it along, or export the network without the operator.",
  },
  ATTRIBUTE_NOT_LOWERED: {
    text: "The operator has a form in TFLite, but not with this attribute or at these sizes.",
    unblock: "The refusal names what TFLite's operators know instead.",
  },
  TYPE_NOT_LOWERED: {
    text: "TFLite's operator does not take this element type.",
    unblock: "Export the network with float32 or 32-bit integer values there.",
  },
  RANK_TOO_HIGH: {
    text: "TFLite's operator takes fewer axes than this value has.",
    unblock: "Export the network with neighbouring axes joined.",
  },
  NOT_CONSTANT: {
    text: "An operand that the file has to hold is computed while the network runs.",
    unblock: "Store it as an initialiser.",
  },
  DATA_DEPENDENT_SHAPE: {
    text: "A size depends on the values of the inputs, so it is not known when the file is written.",
    unblock: "Export the network with fixed sizes.",
  },
  OUT_OF_RANGE: {
    text: "A 64-bit integer does not fit into the 32 bits that it has in TFLite.",
    unblock: "Store a number of 32 bits there.",
  },
  INVALID_NODE: {
    text: "The node does not have the inputs, outputs or attributes that its operator demands.",
    unblock: "Export the network again.",
  },
  MISSING_WEIGHTS: {
    text: "A weight cannot be read: it lies in a file that was not handed over.",
    unblock: "Hand over the files that the model names.",
  },
} as const;

export type TfliteReason = keyof typeof TFLITE_REASONS;

/** One node that cannot be lowered. */
export interface LoweringRefusal {
  /** Name of the node; of its first output where it has none. */
  readonly node: string;
  readonly opType: string;
  readonly code: TfliteReason;
  readonly reason: string;
  readonly unblock: string;
}

/** Thrown by a lowering, caught at its node. */
export class Refused extends Error {
  readonly code: TfliteReason;
  readonly unblock: string;

  constructor(code: TfliteReason, reason: string, unblock: string) {
    super(reason);
    this.code = code;
    this.unblock = unblock;
  }
}
