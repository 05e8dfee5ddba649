// Plain aligned columns for terminals. Names come from models: control characters are made visible.

import { quoteName } from "@espalier/ir";

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

/** The text itself when it is harmless, else quoted with escapes. */
export function printable(text: string): string {
  const quoted = quoteName(text);
  return quoted === `"${text}"` ? text : quoted.slice(1, -1);
}
