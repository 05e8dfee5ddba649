// What optimisers are told is looked at before anything is trained: the runtime computes with any number.

import { EspalierError } from "@espalier/ir";

/** @throws EspalierError `INVALID_OPTION` for a number that is not from 0 on, and where there is a limit below it */
export function requireSetting(where: string, value: number, below: number = Number.POSITIVE_INFINITY): void {
  if (value >= 0 && value < below) return;
  throw new EspalierError("INVALID_OPTION", "The optimiser makes no sense", {
    where,
    expected: below === Number.POSITIVE_INFINITY ? "a number from 0 on" : `a number from 0 to below ${below}`,
    found: String(value),
  });
}
