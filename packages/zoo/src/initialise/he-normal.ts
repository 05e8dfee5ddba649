// He et al. 2015: keeps the variance of signals through rectifiers.

import type { Fans, Initialiser } from "./initialiser.js";
import { fillNormal } from "./normal.js";

/**
 * N(0, 2 / fan).
 *
 * Source: He et al. 2015, "Delving Deep into Rectifiers", eq. 10 (fan-in: signals forward) and eq. 14 (fan-out:
 * gradients backward), arXiv:1502.01852. The paper finds either sufficient.
 */
export function heNormal(fan: keyof Fans = "in"): Initialiser {
  return (values, fans, random) => fillNormal(values, Math.sqrt(2 / fans[fan]), random);
}
