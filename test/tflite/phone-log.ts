// The log that the script beside probe files prints, in the format of TFLite's benchmark tool, for a phone whose every
// time is known.

import { simulatedUs } from "./simulated-phone.js";

const ROUNDS = 3;

/** What one call of the tool prints. */
function call(us: number): string {
  return [
    "INFO: STARTING!",
    "INFO: Running benchmark for at least 30 iterations and at least 0 seconds but terminate if exceeding 150 seconds.",
    `INFO: count=30 curr=${us}(all same)`,
    `INFO: Inference timings in us: Init: 100, First inference: ${2 * us}, Warmup (avg): ${us}, Inference (avg): ${us}`,
    "",
  ].join("\n");
}

/**
 * @param first the line that the script begins with
 * @param files by their labels
 */
export function phoneLog(first: string, files: ReadonlyMap<string, Uint8Array>): string {
  const times = [...files].map(
    ([label, bytes]) => [label, Number(simulatedUs(bytes).toPrecision(6))] as const,
  );
  const calls = Array.from({ length: ROUNDS }, () =>
    times.map(([label, us]) => `ESPALIER ${JSON.stringify({ label, what: "round" })}\n${call(us)}`),
  );
  return `${first}\n${calls.flat().join("")}`;
}
