// What is asked of this target beyond what every target is asked.

import { EspalierError } from "@espalier/ir";

/**
 * - `auto`: units are removed, and layers that gain by it carry 2:4
 * - `channel`: units are removed
 * - `2:4`: every layer that can carries it, and no unit is removed
 */
export type TensorRtGranularity = "auto" | "channel" | "2:4";

const GRANULARITIES: readonly string[] = ["auto", "channel", "2:4"] satisfies TensorRtGranularity[];

/** @throws EspalierError `INVALID_OPTION` */
export function granularityOf(asked: string | undefined): TensorRtGranularity {
  const granularity = asked ?? "auto";
  if (GRANULARITIES.includes(granularity)) return granularity as TensorRtGranularity;
  throw new EspalierError("INVALID_OPTION", "This target does not prune so", {
    where: "granularity",
    expected: GRANULARITIES.join(", "),
    found: granularity,
    unblock: "The hardware reads no pattern but 2:4.",
  });
}
