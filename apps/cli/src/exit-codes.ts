// What the exit code says. Scripts rely on it.

import { type ErrorCode, isEspalierError } from "@espalier/ir";

export const EXIT = {
  done: 0,
  /** An error in the program or of the machine, or a claim that `verify` found false. */
  failed: 1,
  usage: 2,
  /** The input is not a usable model. */
  input: 3,
  /** Nothing could be pruned as asked, or the runtime cannot run the model. */
  nothing: 4,
  /** `verify` could not check everything. */
  unchecked: 5,
  /** The artefact is written, but a gate was missed. */
  gate: 6,
  interrupted: 130,
} as const;

export const EXIT_HELP = `
Exit codes
  0    done
  1    an error in the program, or a claim that verify found false
  2    unusable arguments or outputs
  3    the input is not a usable model
  4    nothing could be pruned as asked (receipt and report say why), or the model does not run
  5    verify could not check everything
  6    written, but --max-latency or --max-size was missed
  130  interrupted; nothing half-written`;

/** Thrown by commands to end with a code after their output is written. */
export class Finished extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

const BY_CODE: ReadonlyMap<ErrorCode, number> = new Map<ErrorCode, number>([
  ...(
    [
      "INVALID_OPTION",
      "EXISTS",
      "SEVERAL_MODELS",
      "CALIBRATION_MISSING",
      "DATA_MISSING",
      "DATA_UNFIT",
      "DATA_MISMATCH",
      "CHECKPOINT_MISMATCH",
    ] as const
  ).map((code) => [code, EXIT.usage] as const),
  ...(
    [
      "TRUNCATED",
      "MALFORMED",
      "DEPTH_EXCEEDED",
      "LIMIT_EXCEEDED",
      "OVERFLOW",
      "DUPLICATE",
      "AMBIGUOUS",
      "CYCLE",
      "UNDEFINED_VALUE",
      "UNSUPPORTED_FORMAT",
      "UNSUPPORTED_VERSION",
      "UNSUPPORTED",
      "TENSOR_SIZE",
      "EXTERNAL_PATH",
      "EXTERNAL_LINK",
      "EXTERNAL_RANGE",
      "EXTERNAL_MISSING",
      "INVALID_FOLDER",
      "INVALID_CONFIG",
      "INVALID_CARD",
      "MULTI_FILE_MODEL",
      "INTERFACE_CHANGED",
      "INVALID_CHECKPOINT",
      "INVALID_NODE",
      "SHAPE_MISMATCH",
      "INVALID_PLAN",
      "INVALID_RECEIPT",
      "PLAN_MISMATCH",
      "NOT_FOUND",
      "INVALID_DATA",
      "INVALID_PACKED",
      "INVALID_LOG",
    ] as const
  ).map((code) => [code, EXIT.input] as const),
  ...(
    [
      "NOT_RUNNABLE",
      "RUN_FAILED",
      "TIMEOUT",
      "MEMORY",
      "NO_GRADIENT",
      "NOTHING_TO_TRAIN",
      "PATTERN_UNFIT",
    ] as const
  ).map((code) => [code, EXIT.nothing] as const),
  ["ABORTED", EXIT.interrupted],
]);

const unusableInputs = new WeakSet<object>();

/** Marks an error as one of the input, whatever its code: a folder where a file should be, say. */
export function asInputError(error: unknown): unknown {
  if (typeof error === "object" && error !== null) unusableInputs.add(error);
  return error;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Finished) return error.exitCode;
  if (!isEspalierError(error)) return EXIT.failed;
  if (error.code === "IO" && unusableInputs.has(error)) return EXIT.input;
  return BY_CODE.get(error.code) ?? EXIT.failed;
}
