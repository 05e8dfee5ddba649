// The refusal of a log that is not one of the benchmark tool.

import { escapeMessage } from "@espalier/core";
import { EspalierError } from "@espalier/ir";

export function logError(what: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_LOG", what, {
    where: "the log of benchmark_model",
    expected,
    found: escapeMessage(found),
  });
}

/** @throws EspalierError `INVALID_LOG` where `text` is no number, or below `least` */
export function parseNumber(text: string | undefined, what: string, least: number): number {
  const value = Number(text);
  if (text !== undefined && text.trim() !== "" && Number.isFinite(value) && value >= least) return value;
  throw logError(`${what} is no number`, `a number from ${least}`, text ?? "nothing");
}
