// What the exit code says; the numbers are those of the `espalier` command.

import { type ErrorCode, isEspalierError } from "@espalier/ir";

export const EXIT = { done: 0, failed: 1, usage: 2, input: 3, nothing: 4, interrupted: 130 } as const;

export const EXIT_HELP = `
Exit codes
  0    done; a server that was stopped with SIGTERM or SIGINT and has finished what was in flight
  1    an error in the program or of the machine
  2    unusable arguments or outputs
  3    the input is not a usable model or folder
  4    nothing could be pruned as asked, or the model does not run
  130  interrupted; nothing half-written`;

const BY_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_OPTION: EXIT.usage,
  EXISTS: EXIT.usage,
  CALIBRATION_MISSING: EXIT.usage,
  NOT_RUNNABLE: EXIT.nothing,
  RUN_FAILED: EXIT.nothing,
  TIMEOUT: EXIT.nothing,
  MEMORY: EXIT.nothing,
  ABORTED: EXIT.interrupted,
  UNAVAILABLE: EXIT.failed,
  IO: EXIT.failed,
  IO_FULL: EXIT.failed,
  IO_READONLY: EXIT.failed,
};

/** Every other code is about the input. */
export function exitCodeOf(error: unknown): number {
  return isEspalierError(error) ? (BY_CODE[error.code] ?? EXIT.input) : EXIT.failed;
}
