// Gates for continuous integration, in the shape of size-limit: one number, one limit, passed or not.

import { isUnavailable, type Receipt } from "@espalier/core";

export interface Gate {
  readonly name: "latency" | "size";
  readonly passed: boolean;
  /** null when it was not measured, which does not pass. */
  readonly value: number | null;
  readonly limit: number;
  readonly unit: "ms" | "bytes";
  /** Where to change the limit. */
  readonly option: "--max-latency" | "--max-size";
  readonly note: string | null;
}

export function judgeGates(
  { latency, artefact }: Receipt,
  limits: { readonly maxLatency?: number; readonly maxSize?: number },
): Gate[] {
  const gates: Gate[] = [];
  if (limits.maxLatency !== undefined) {
    const after = latency === null || isUnavailable(latency) ? null : latency.after;
    const value = after?.medianMs ?? null;
    gates.push({
      name: "latency",
      // A latency that nobody measured, or that the machine was too busy for, supports no verdict.
      passed: after !== null && !after.unstable && after.medianMs <= limits.maxLatency,
      value,
      limit: limits.maxLatency,
      unit: "ms",
      option: "--max-latency",
      note: value === null ? "not measured" : after?.unstable ? "unstable: measure on a quiet machine" : null,
    });
  }
  if (limits.maxSize !== undefined) {
    const value = artefact?.bytes ?? null;
    gates.push({
      name: "size",
      passed: value !== null && value <= limits.maxSize,
      value,
      limit: limits.maxSize,
      unit: "bytes",
      option: "--max-size",
      note: value === null ? "nothing was written" : null,
    });
  }
  return gates;
}

export function gateText({ name, passed, value, limit, unit, option, note }: Gate): string {
  const found = value === null ? "unknown" : `${Number(value.toPrecision(4))} ${unit}`;
  const why = note === null ? "" : ` (${note})`;
  return `gate ${name}: ${passed ? "passed" : "MISSED"}, ${found} of ${limit} ${unit}${why}; the limit is ${option}`;
}
