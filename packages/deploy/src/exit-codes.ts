// What the exit code of every program says. Scripts rely on it, so there is one table.

import { type ErrorCode, isEspalierError } from "@espalier/ir";

export const EXIT = {
  done: 0,
  /** An error in the program or of the machine, or a claim that `verify` found false. */
  failed: 1,
  usage: 2,
  /** The input is not a usable model, folder or file. */
  input: 3,
  /** Nothing could be pruned as asked, or the runtime cannot run the model. */
  nothing: 4,
  /** `verify` could not check everything. */
  unchecked: 5,
  /** The artefact is written, but a gate was missed. */
  gate: 6,
  interrupted: 130,
} as const;

type End = keyof typeof EXIT;

/** Every error code's end. */
export const ENDS: Readonly<Record<ErrorCode, End>> = {
  TRUNCATED: "input",
  MALFORMED: "input",
  DEPTH_EXCEEDED: "input",
  LIMIT_EXCEEDED: "input",
  OVERFLOW: "input",
  DUPLICATE: "input",
  AMBIGUOUS: "input",
  CYCLE: "input",
  INDEX_RANGE: "input",
  UNDEFINED_VALUE: "input",
  UNSUPPORTED_FORMAT: "input",
  UNSUPPORTED_VERSION: "input",
  UNSUPPORTED: "input",
  TENSOR_SIZE: "input",
  EXTERNAL_PATH: "input",
  EXTERNAL_LINK: "input",
  EXTERNAL_RANGE: "input",
  EXTERNAL_MISSING: "input",
  INVALID_FOLDER: "input",
  INVALID_CONFIG: "input",
  INVALID_CARD: "input",
  MULTI_FILE_MODEL: "input",
  INTERFACE_CHANGED: "input",
  INVALID_CHECKPOINT: "input",
  INVALID_NODE: "input",
  SHAPE_MISMATCH: "input",
  INVALID_PLAN: "input",
  INVALID_COST_TABLE: "input",
  UNKNOWN_COST: "input",
  INVALID_RECEIPT: "input",
  PLAN_MISMATCH: "input",
  INVALID_DATA: "input",
  INVALID_PACKED: "input",
  INVALID_LOG: "input",
  NONFINITE: "input",
  NOT_FOUND: "input",
  // The command line asks for what the input does not allow, or leaves out what it needs.
  INVALID_OPTION: "usage",
  EXISTS: "usage",
  SEVERAL_MODELS: "usage",
  SIZE_UNKNOWN: "usage",
  CALIBRATION_MISSING: "usage",
  DATA_MISSING: "usage",
  DATA_UNFIT: "usage",
  DATA_MISMATCH: "usage",
  CHECKPOINT_MISMATCH: "usage",
  NO_WEIGHTS: "nothing",
  PATTERN_UNFIT: "nothing",
  NOT_RUNNABLE: "nothing",
  RUN_FAILED: "nothing",
  TIMEOUT: "nothing",
  MEMORY: "nothing",
  NO_GRADIENT: "nothing",
  NOTHING_TO_TRAIN: "nothing",
  ABORTED: "interrupted",
  VALUE_IN_USE: "failed",
  INVALID_BATCH: "failed",
  DIVERGED: "failed",
  DOWNLOAD_FAILED: "failed",
  UNAVAILABLE: "failed",
  MISMATCH: "failed",
  IO: "failed",
  IO_FULL: "failed",
  IO_READONLY: "failed",
};

const unusableInputs = new WeakSet<object>();
/** Codes that say of themselves nothing of the input, but can be about it. */
const MAY_BE_INPUT: readonly ErrorCode[] = ["IO", "MISMATCH"];

/** Marks an error as one of the input: a folder where a file should be, a file of another digest than it should have. */
export function asInputError(error: unknown): unknown {
  if (typeof error === "object" && error !== null) unusableInputs.add(error);
  return error;
}

/** 1 for what Espalier did not throw. */
export function exitCodeOf(error: unknown): number {
  if (!isEspalierError(error)) return EXIT.failed;
  if (MAY_BE_INPUT.includes(error.code) && unusableInputs.has(error)) return EXIT.input;
  return Object.hasOwn(ENDS, error.code) ? EXIT[ENDS[error.code]] : EXIT.failed;
}
