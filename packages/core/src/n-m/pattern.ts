// N:M sparsity: in every block of M consecutive weights along an axis at most N are not zero.

import { EspalierError } from "@espalier/ir";

/**
 * At most `nonzero` weights of every `block` consecutive ones are not zero: 2:4 is `{ nonzero: 2, block: 4 }`.
 *
 * The code of Wanda (Sun et al. 2023, arXiv:2306.11695) counts the *removed* ones first; at 2:4 it is the same.
 */
export interface NmPattern {
  readonly nonzero: number;
  readonly block: number;
}

/** The pattern of NVIDIA's sparse tensor cores for 16 and 8 bits. Source: Mishra et al. 2021, arXiv:2104.08378. */
export const TWO_OF_FOUR: NmPattern = { nonzero: 2, block: 4 };

/** "2:4". */
export function patternText({ nonzero, block }: NmPattern): string {
  return `${nonzero}:${block}`;
}

/** @throws EspalierError `INVALID_OPTION` unless 1 ≤ nonzero < block, both whole */
export function checkPattern({ nonzero, block }: NmPattern): void {
  const whole = Number.isSafeInteger(nonzero) && Number.isSafeInteger(block);
  if (whole && nonzero >= 1 && nonzero < block) return;
  throw new EspalierError("INVALID_OPTION", "This is no N:M pattern", {
    expected: "whole numbers with 1 ≤ nonzero < block, such as { nonzero: 2, block: 4 }",
    found: `{ nonzero: ${nonzero}, block: ${block} }`,
  });
}
