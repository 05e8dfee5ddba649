// Plain aligned columns for terminals. Names come from models: control characters are made visible.

/** Rows of cells. `alignment` has `l` or `r` per column; the first is left-aligned and the rest right by default. */
export function table(rows: readonly (readonly string[])[], alignment = "l"): string {
  const clean = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of clean)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  const align = (cell: string, i: number): string =>
    (alignment[i] ?? "r") === "l" ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return clean.map((row) => row.map(align).join("  ").trimEnd()).join("\n");
}

const LONGEST = 400;
/** Control characters, line separators, bidirectional overrides. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with harmful characters escaped and its length bounded. */
export function printable(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replace(HARMFUL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
