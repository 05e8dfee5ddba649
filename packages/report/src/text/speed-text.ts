import { formatFactor } from "./quantity.js";

/** A speed-up in words; never a claim where there is none. */
export function speedText(speedup: number | null): string {
  if (speedup === null) return "undecided";
  if (speedup >= 1.005) return `${formatFactor(speedup)} faster`;
  return speedup > 0.995 ? "no faster" : `${formatFactor(1 / speedup)} slower`;
}
