// Uniform distributions whose bound follows the fans.

import type { Random } from "@espalier/core";
import type { Initialiser } from "./initialiser.js";

/**
 * U(−√(6 / (in + out)), √(6 / (in + out))): variance 2 / (in + out).
 * Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 16.
 */
export function glorotUniform(): Initialiser {
  return (values, fans, random) => fillUniform(values, Math.sqrt(6 / (fans.in + fans.out)), random);
}

/**
 * U(−√(3 / in), √(3 / in)): variance 1 / in. Caffe's filler `xavier`, which its LeNet uses and Han et al. 2015 prune.
 */
export function caffeXavier(): Initialiser {
  return (values, fans, random) => fillUniform(values, Math.sqrt(3 / fans.in), random);
}

/** U(−1 / √in, 1 / √in): variance 1 / (3 in). What PyTorch's linear layers start with. */
export function fanInUniform(): Initialiser {
  return (values, fans, random) => fillUniform(values, Math.sqrt(1 / fans.in), random);
}

function fillUniform(values: Float32Array, bound: number, random: Random): void {
  for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.uniform() - 1);
}
