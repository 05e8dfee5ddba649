// One block of inputs, replayable from (seed, block) alone.

import { seededRandom } from "@espalier/core";
import { checkInput } from "./check-input.js";
import { mutate, type Seedling } from "./mutate.js";

export const BLOCK_INPUTS = 1000;
/** Every so many inputs that open are also written and read again. */
const DEEP_EVERY = 8;

export interface Finding {
  readonly block: number;
  readonly index: number;
  readonly problem: string;
  readonly bytes: Uint8Array;
}

export interface BlockResult {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

export function fuzzBlock(
  corpus: readonly Seedling[],
  seed: number,
  block: number,
  count = BLOCK_INPUTS,
): BlockResult {
  const random = seededRandom(seed, `fuzz ${block}`);
  const outcomes: Record<string, number> = {};
  const findings: Finding[] = [];
  for (let index = 0; index < count; index++) {
    const bytes = mutate(corpus, random);
    const { outcome, problem } = checkInput(bytes, index % DEEP_EVERY === 0);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (problem !== null) findings.push({ block, index, problem, bytes });
  }
  return { outcomes, findings };
}

/** The same problem in fewer bytes: spans are cut out while it stays. */
export function minimise(bytes: Uint8Array, hasProblem: (bytes: Uint8Array) => boolean): Uint8Array {
  let best = bytes;
  for (let span = best.byteLength >> 1; span >= 1; span >>= 1) {
    for (let at = 0; at + span <= best.byteLength; ) {
      const shorter = new Uint8Array(best.byteLength - span);
      shorter.set(best.subarray(0, at));
      shorter.set(best.subarray(at + span), at);
      if (shorter.byteLength > 0 && hasProblem(shorter)) best = shorter;
      else at += span;
    }
  }
  return best;
}
