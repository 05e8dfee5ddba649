// Numbers with their units, as people read them. A pair (before, after) shares its unit and decimals, so
// that the two can be compared digit by digit. Between number and unit stands a no-break space. What is
// not known is an em dash, never a zero.

export const UNKNOWN = "—";
const NBSP = "\u00a0";
const MINUS = "\u2212";

interface Scale {
  readonly factor: number;
  readonly unit: string;
}

const METRIC: readonly Scale[] = ["", "k", "M", "G", "T", "P"].map((unit, i) => ({
  factor: 1000 ** i,
  unit,
}));
const BYTES: readonly Scale[] = ["B", "kB", "MB", "GB", "TB"].map((unit, i) => ({ factor: 1000 ** i, unit }));
const TIME: readonly Scale[] = [
  { factor: 0.001, unit: "µs" },
  { factor: 1, unit: "ms" },
  { factor: 1000, unit: "s" },
];

/** What a number counts. */
export type Quantity = "count" | "macs" | "bytes" | "ms";

const SCALES: Readonly<Record<Quantity, readonly Scale[]>> = {
  count: METRIC,
  macs: METRIC.map(({ factor, unit }) => ({ factor, unit: `${unit}MACs` })),
  bytes: BYTES,
  ms: TIME,
};

/** Numbers of one quantity in one unit: the smallest with three digits, as long as the largest has at most four. */
export function formatTogether(quantity: Quantity, values: readonly (number | null)[]): string[] {
  const known = values.filter(isKnown).map(Math.abs);
  const largest = Math.max(0, ...known);
  const scale = scaleFor(quantity, largest);
  const smallest =
    Math.min(largest, ...known.filter((value) => value >= scale.factor / 1000)) / scale.factor || 1;
  const exponent = (value: number): number => Math.floor(Math.log10(value || 1));
  const wanted = Math.min(2 - exponent(smallest), 3 - exponent(largest / scale.factor));
  const decimals = Math.min(3, Math.max(0, wanted, -exponent(smallest)));
  const whole = scale.factor === 1 && quantity !== "ms";
  return values.map((value) => {
    if (!isKnown(value)) return UNKNOWN;
    const number = groupDigits((value / scale.factor).toFixed(whole ? 0 : decimals));
    // Far smaller than the others: better another unit than 0.000.
    if (value !== 0 && Number(number.replaceAll(",", "")) === 0) return formatQuantity(quantity, value);
    return scale.unit === "" ? number : `${number}${NBSP}${scale.unit}`;
  });
}

/** One number: 25.6 M, 4.09 GMACs, 46.8 MB, 12.4 ms. */
export function formatQuantity(quantity: Quantity, value: number | null): string {
  return formatTogether(quantity, [value])[0] as string;
}

/** before → after with the unit once: 115.6 → 86.7 M. */
export function formatPair(quantity: Quantity, before: number | null, after: number | null): string {
  const [a, b] = formatTogether(quantity, [before, after]);
  return joinPair(a, b);
}

/** Two formatted numbers with an arrow; a unit they share is written once. */
export function joinPair(before: string = UNKNOWN, after: string = UNKNOWN): string {
  const [number, unit] = before.split(NBSP);
  return `${unit !== undefined && unit === after.split(NBSP)[1] ? number : before} → ${after}`;
}

/** A round number on an axis: 0, 20 M, 1.5 MB. */
export function formatTick(quantity: Quantity, value: number): string {
  if (value === 0) return "0";
  const { factor, unit } = scaleFor(quantity, Math.abs(value));
  return `${Number((value / factor).toPrecision(3))}${unit === "" ? "" : NBSP + unit}`;
}

/** All digits, for hover texts and tables: 25,557,032. */
export function formatExact(value: number | null): string {
  return isKnown(value) ? groupDigits(String(value)) : UNKNOWN;
}

/** after against before: −41 %, +3 %, ±0 %. */
export function formatChange(before: number | null, after: number | null): string {
  if (!isKnown(before) || !isKnown(after) || before === 0) return UNKNOWN;
  const percent = (after / before - 1) * 100;
  if (percent === 0) return `±0${NBSP}%`;
  return `${percent < 0 ? MINUS : "+"}${percentDigits(Math.abs(percent))}${NBSP}%`;
}

/** A share between 0 and 1 as a percentage. */
export function formatShare(share: number | null): string {
  return isKnown(share) ? `${percentDigits(share * 100)}${NBSP}%` : UNKNOWN;
}

/** 1.62×, 15.2×, 104× */
export function formatFactor(factor: number): string {
  if (!Number.isFinite(factor)) return UNKNOWN;
  return `${factor.toFixed(factor < 10 ? 2 : factor < 100 ? 1 : 0)}×`;
}

/** maxRel and maxAbs: 2.1e-6. */
export function formatDeviation(value: number): string {
  if (value === 0) return "0";
  return Number.isFinite(value) ? value.toExponential(1).replace(".0e", "e") : UNKNOWN;
}

/** "1 group", "3 groups" */
export function formatNumberOf(count: number, one: string, many: string = `${one}s`): string {
  return `${groupDigits(String(count))}${NBSP}${count === 1 ? one : many}`;
}

function percentDigits(percent: number): string {
  if (percent === 0 || percent >= 10)
    return percent > 99.5 && percent < 100 ? percent.toFixed(1) : percent.toFixed(0);
  return percent < 0.1 ? "<0.1" : percent.toFixed(1);
}

function isKnown(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function scaleFor(quantity: Quantity, largest: number): Scale {
  const scales = SCALES[quantity];
  return [...scales].reverse().find(({ factor }) => largest >= factor) ?? (scales[0] as Scale);
}

function groupDigits(digits: string): string {
  const [whole = "", fraction] = digits.split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
