// Tells that a network whose single weights were pruned keeps their zeros.

import type { Model } from "@espalier/ir";
import { zeroMasks } from "@espalier/train";
import type { CommandSession } from "../session.js";

/** How many weights are zero and stay so; says it where any are. */
export function sayZeros({ output }: CommandSession, model: Model): number {
  let zeros = 0;
  for (const mask of zeroMasks(model).values()) for (const keep of mask) if (keep === 0) zeros++;
  if (zeros > 0) output.note(`${zeros} weights are exactly zero and stay zero`);
  return zeros;
}
