// The refusal of a checkpoint that is not what it should be.

import { type ErrorContext, EspalierError } from "@espalier/ir";

export function invalidCheckpoint(what: string, context: ErrorContext): EspalierError {
  return new EspalierError("INVALID_CHECKPOINT", what, context);
}
