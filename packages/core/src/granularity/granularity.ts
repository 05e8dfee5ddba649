// What a unit of removal can be, and the choice a target makes between them.

/**
 * The unit that is removed, from the finest to the coarsest. "channel" stands for the unit of the group's own kind:
 * channels, neurons, heads, head dimensions, whichever its factor counts.
 */
export type Granularity = "element" | "n-m" | "block" | "channel" | "layer";

export const GRANULARITIES: readonly Granularity[] = ["element", "n-m", "block", "channel", "layer"];

/** The number behind a verdict. */
export interface Evidence {
  /** What it is: "latency of 90 % zeros over dense". */
  readonly quantity: string;
  readonly value: number;
  readonly unit: string;
  /** Measured here, or a fact somebody else measured. */
  readonly source: "measured" | "cited";
  /** Command or publication it comes from. */
  readonly reference: string;
}

export interface GranularityVerdict {
  readonly granularity: Granularity;
  /** Stable code, explained by `espalier explain`. */
  readonly code: string;
  /** One sentence for people. */
  readonly reason: string;
  readonly evidence: Evidence | null;
}

/** What a target does to one coupled group, and why not otherwise. */
export interface Choice {
  readonly group: string;
  /** null when the group stays dense. */
  readonly chosen: GranularityVerdict | null;
  readonly rejected: readonly GranularityVerdict[];
}
