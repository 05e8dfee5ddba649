// A cost table: how long the kernels of one network take on one machine, at many widths. Measured by
// `CostMeter`, recorded beside the plan that was made from it, replayed with `--cost-table`.

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

/** One measurement of such a kernel: elements of its first result as the runtime laid it out, microseconds. */
export type OtherSample = readonly [elements: number, us: number];

/** One network run as a whole: its MACs, the sum of its kernels, the run (microseconds), what it counts for. */
export type RunSample = readonly [macs: number, sumUs: number, runUs: number, weight: number];

/** A kernel that is no pattern (element-wise, pooling, data movement), in its place in the network. */
export interface OtherKernel {
  /** The name the runtime gives it. */
  readonly kernel: string;
  /** The value whose size its work follows; null when none could be told: it stays as it is. */
  readonly value: string | null;
  /** In how many of the trials it ran: some layouts need it, others do not. */
  readonly share: number;
  readonly samples: readonly OtherSample[];
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
  readonly others: readonly OtherKernel[];
  /** Networks run as a whole: what kernels sum up to is scaled by them. */
  readonly runs: readonly RunSample[];
  /** What a run takes beyond its kernels. */
  readonly overheadUs: number;
  /** A run of the dense network, which all others took turns with; 0 in a table of kinds only. */
  readonly denseUs: number;
  /** By how much timing a kernel lengthened it; taken off. */
  readonly profilerUs: number;
  readonly kinds: readonly KindRate[];
}

/** The table as text: stable, rounded to what was measured. */
export function costTableText(table: CostTable): string {
  const text = JSON.stringify(table, null, 1);
  return `${text.replace(/\[(?:\s+[\d.e-]+,?){2,4}\s+\]/g, (sample) => sample.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"))}\n`;
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
  others: v.array(
    v.looseObject({
      kernel: v.string(),
      value: v.nullable(v.string()),
      share: v.pipe(time, v.maxValue(1)),
      samples: v.pipe(v.array(v.strictTuple([count, time])), v.minLength(1)),
    }),
  ),
  runs: v.array(v.strictTuple([count, time, time, width])),
  overheadUs: time,
  denseUs: time,
  profilerUs: time,
  kinds: v.array(v.looseObject({ kind: v.string(), fixedUs: time, nsPerMac: time, nsPerElement: time })),
});

/** What the reader checks, for tests of docs/file-formats.md. */
export const COST_TABLE_SHAPE: v.GenericSchema = table;

/**
 * The table in the bytes of a `cost-table.json`.
 *
 * @throws EspalierError `INVALID_COST_TABLE` with a JSON pointer in `where`
 */
export function readCostTable(bytes: Uint8Array): CostTable {
  const json = readJson(bytes, { code: "INVALID_COST_TABLE" });
  return checkShape(json, table, "INVALID_COST_TABLE", "This is not a cost table") as CostTable;
}
