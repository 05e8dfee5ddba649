// A cost table: how long the kernels of one network take on one machine, at many widths. Measured by
// `measureCostTable`, recorded beside the plan that was made from it, replayed with `--cost-table`.

import * as v from "valibot";
import { checkShape, count, mapOf, sha256Text } from "../json/check-shape.js";
import { readJson } from "../json/strict-json.js";

/** One measurement of a pattern: width read, width written, microseconds. */
export type PatternSample = readonly [input: number, output: number, us: number];

export interface PatternRow {
  /** `CostPattern.key`. */
  readonly key: string;
  readonly kind: string;
  readonly samples: readonly PatternSample[];
}

/** Kernels that are no patterns (element-wise, pooling, data movement), by the name the runtime gives them. */
export interface KernelRate {
  readonly kernel: string;
  /** us = fixedUs + nsPerElement · elements / 1000, elements being those of its first result. */
  readonly fixedUs: number;
  readonly nsPerElement: number;
}

/** One such kernel of the dense network. */
export interface OtherKernel {
  readonly kernel: string;
  /** The value whose size its work follows; null when none could be told: it stays as it is. */
  readonly value: string | null;
  /** Elements of its result in the dense network, as the runtime laid it out. */
  readonly elements: number;
}

/** What a kind of pattern costs where no closer measurement is at hand. */
export interface KindRate {
  readonly kind: string;
  readonly fixedUs: number;
  readonly nsPerMac: number;
  readonly nsPerElement: number;
}

/** One point of the staircase: what one layer takes at a width, in and out alike. */
export interface StairPoint {
  readonly width: number;
  readonly us: number;
}

export interface CostTable {
  readonly schema: 1;
  /** Where the numbers come from: this machine, the table that ships with Espalier, or a file the user gave. */
  readonly origin: "measured" | "bundled";
  readonly machine: Readonly<Record<string, string | number>>;
  readonly runtime: string;
  readonly threads: number;
  /** The network it was measured on; null for a table of kinds only. */
  readonly source: string | null;
  /** Symbolic dimensions of that network as they were bound. */
  readonly bindings?: Readonly<Record<string, number>>;
  /** Widths that are no multiple of this buy nothing. */
  readonly step: number;
  readonly stair: readonly StairPoint[];
  readonly patterns: readonly PatternRow[];
  readonly rates: readonly KernelRate[];
  readonly others: readonly OtherKernel[];
  /** What a run takes beyond its kernels. */
  readonly overheadUs: number;
  readonly kinds: readonly KindRate[];
}

/** The table as text: stable, rounded to what was measured. */
export function costTableText(table: CostTable): string {
  return `${JSON.stringify(table, null, 1).replace(/\[\s+([\d.e-]+),\s+([\d.e-]+),\s+([\d.e-]+)\s+\]/g, "[$1, $2, $3]")}\n`;
}

const time = v.pipe(v.number(), v.finite(), v.minValue(0));
const width = v.pipe(count, v.minValue(1));

const table = v.looseObject({
  schema: v.literal(1),
  origin: v.picklist(["measured", "bundled"]),
  machine: mapOf(
    (value): value is string | number => typeof value === "string" || typeof value === "number",
    "an object of texts and numbers",
  ),
  runtime: v.string(),
  threads: width,
  source: v.nullable(sha256Text),
  bindings: v.optional(
    mapOf((value): value is number => Number.isSafeInteger(value), "an object of whole numbers"),
  ),
  step: width,
  stair: v.array(v.looseObject({ width, us: time })),
  patterns: v.array(
    v.looseObject({
      key: v.string(),
      kind: v.string(),
      samples: v.pipe(v.array(v.strictTuple([width, width, time])), v.minLength(1)),
    }),
  ),
  rates: v.array(v.looseObject({ kernel: v.string(), fixedUs: time, nsPerElement: time })),
  others: v.array(v.looseObject({ kernel: v.string(), value: v.nullable(v.string()), elements: count })),
  overheadUs: time,
  kinds: v.array(v.looseObject({ kind: v.string(), fixedUs: time, nsPerMac: time, nsPerElement: time })),
});

/**
 * The table in the bytes of a `cost-table.json`.
 *
 * @throws EspalierError `INVALID_COST_TABLE` with a JSON pointer in `where`
 */
export function readCostTable(bytes: Uint8Array): CostTable {
  const json = readJson(bytes, { code: "INVALID_COST_TABLE" });
  return checkShape(json, table, "INVALID_COST_TABLE", "This is not a cost table") as CostTable;
}
