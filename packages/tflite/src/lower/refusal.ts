// Why a node has no form in TFLite. A refusal is part of the answer: every node that cannot be lowered is listed, with what
// would unblock it, and no file is written.

/** Reason code → what it means. */
export const TFLITE_REASONS = {
  OP_NOT_LOWERED: "No lowering describes this operator.",
  ATTRIBUTE_NOT_LOWERED: "The operator has a lowering, but not for this attribute or combination of them.",
  TYPE_NOT_LOWERED: "TFLite's operator does not take this element type.",
  RANK_TOO_HIGH: "TFLite's operator takes fewer axes than this value has.",
  NOT_CONSTANT: "An operand that the file must hold is computed while the network runs.",
  DATA_DEPENDENT_SHAPE:
    "A size depends on the values of the inputs, so it is not known when the file is written.",
  OUT_OF_RANGE: "A 64-bit integer does not fit into the 32 bits that it has in TFLite.",
  INVALID_NODE: "The node is not what its operator demands.",
  MISSING_WEIGHTS: "A weight cannot be read: it lies in a file that was not handed over.",
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
