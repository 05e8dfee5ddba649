// Glorot & Bengio 2010 with a normal distribution: "Gaussian Glorot" of the lottery ticket papers.

import type { Initialiser } from "./initialiser.js";
import { fillNormal } from "./normal.js";

/**
 * N(0, 2 / (in + out)).
 *
 * Source: Glorot & Bengio 2010, eq. 12; Frankle & Carbin 2019, figure 2 ("Gaussian Glorot initialization"),
 * arXiv:1803.03635. Differs: not truncated at two standard deviations, as their TensorFlow code is.
 */
export function glorotNormal(): Initialiser {
  return (values, fans, random) => fillNormal(values, Math.sqrt(2 / (fans.in + fans.out)), random);
}
