// The only source of randomness: seeded, the same on every machine.

import { EspalierError } from "@espalier/ir";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

export interface Random {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** Uniform integer in [low, high]. */
  integer(low: number, high: number): number;
  /** `count` distinct integers below `size`, ascending. */
  sample(size: number, count: number): number[];
}

/**
 * A generator for `seed`; `stream` names independent sequences under one seed.
 *
 * @throws EspalierError `INVALID_OPTION` for a seed that is no whole number of at most 2^53 − 1
 */
export function seededRandom(seed: number, stream = ""): Random {
  let mixed = mixedSeed(seed);
  for (let i = 0; i < stream.length; i++) mixed = scramble(mixed ^ stream.charCodeAt(i));
  const generator: RandomGenerator = xoroshiro128plus(mixed);
  // Its first numbers are hardly more than the seed itself.
  for (let i = 0; i < WARM_UP; i++) generator.next();
  const uniform = (): number => (generator.next() >>> 0) / 2 ** 32;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (low, high) => uniformInt(generator, low, high),
    sample: (size, count) => {
      const pool = Array.from({ length: size }, (_, i) => i);
      for (let i = 0; i < count; i++) {
        const j = uniformInt(generator, i, size - 1);
        [pool[i], pool[j]] = [pool[j] as number, pool[i] as number];
      }
      return pool.slice(0, count).sort((a, b) => a - b);
    },
  };
}

const WARM_UP = 32;

/** A seed of 32 bits counts as it is; of a longer one both halves do. */
function mixedSeed(seed: number): number {
  if (!Number.isSafeInteger(seed))
    throw new EspalierError("INVALID_OPTION", "Nothing can be drawn from this seed", {
      where: "seed",
      expected: "a whole number",
      found: String(seed),
    });
  const low = scramble(seed | 0);
  return (seed | 0) === seed ? low : scramble(low ^ Math.floor(seed / 2 ** 32));
}

/** Spreads every bit over all 32, one to one (the finaliser of MurmurHash3, with a constant so that 0 moves). */
function scramble(x: number): number {
  let h = (x + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
