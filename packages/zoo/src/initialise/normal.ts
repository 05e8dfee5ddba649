// Normal distribution with a fixed standard deviation, and the filling that the other normal initialisers share.

import type { Random } from "@espalier/core";
import type { Initialiser } from "./initialiser.js";

/** N(0, `std`²), whatever the fans: embeddings and classifiers (0.02 in Radford et al. 2019, 0.01 in VGG). */
export function normal(std: number): Initialiser {
  return (values, _fans, random) => fillNormal(values, std, random);
}

/** Fills with N(0, `std`²): Box–Muller, both numbers of each pair. */
export function fillNormal(values: Float32Array, std: number, random: Random): void {
  for (let i = 0; i < values.length; i += 2) {
    const radius = std * Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
}
