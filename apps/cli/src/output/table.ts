// Plain aligned columns for terminals. Names come from models: control characters are made visible.

import { quoteName } from "@espalier/ir";

/** Rows of cells, the first column left-aligned, the others right-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of clean)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return clean
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The text itself when it is harmless, else quoted with escapes. */
export function printable(text: string): string {
  const quoted = quoteName(text);
  return quoted === `"${text}"` ? text : quoted;
}
