// Labelled text: one sample a line, columns parted by tabs, one of them the text and one the label. No quoting: a tab
// or a line break cannot be part of a text.

import { EspalierError, quoteName } from "@espalier/ir";
import { requireSamples } from "../set/labelled-set.js";
import { readUtf8 } from "./utf8.js";

export interface LabelledText {
  readonly texts: readonly string[];
  /** Indices of `classes`. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

export interface TsvOptions {
  readonly where: string;
  /** Names of the columns in a first line; false where the first line is a sample: text first, label second. */
  readonly header: { readonly text: string; readonly label: string } | false;
  /** As the file spells them, in the order of their indices. */
  readonly classes: readonly string[];
}

/** Lines of more characters than this are no text of one label. */
const LONGEST_LINE = 1_000_000;

/** @throws EspalierError `INVALID_DATA` for text that is not UTF-8, a missing column, a label that is no class, no lines */
export function readTsv(bytes: Uint8Array, { where, header, classes }: TsvOptions): LabelledText {
  const lines = readUtf8(bytes, where).split("\n");
  if (lines.at(-1) === "") lines.pop();
  const columns = header === false ? { text: 0, label: 1 } : columnsOf(lines[0] ?? "", header, where);
  const first = header === false ? 0 : 1;
  requireSamples(lines.length - first, where);
  const indices = new Map(classes.map((name, index) => [name, index]));
  const texts: string[] = [];
  const labels = new Int32Array(lines.length - first);
  for (let at = first; at < lines.length; at++) {
    const place = `${where}, line ${at + 1}`;
    const line = withoutReturn(lines[at] as string);
    if (line.length > LONGEST_LINE)
      throw unusable(place, `at most ${LONGEST_LINE} characters`, String(line.length));
    const cells = line.split("\t");
    const text = cells[columns.text];
    const label = cells[columns.label];
    if (text === undefined || label === undefined)
      throw unusable(
        place,
        `a text and a label, ${Math.max(columns.text, columns.label) + 1} columns`,
        String(cells.length),
      );
    const index = indices.get(label.trim());
    if (index === undefined) throw unusable(place, `a label: ${classes.join(", ")}`, quoteName(label));
    texts.push(text);
    labels[at - first] = index;
  }
  return { texts, labels, classes };
}

function columnsOf(
  line: string,
  header: { readonly text: string; readonly label: string },
  where: string,
): { readonly text: number; readonly label: number } {
  const names = withoutReturn(line).split("\t");
  const find = (name: string): number => {
    const column = names.indexOf(name);
    if (column === -1)
      throw unusable(
        `${where}, line 1`,
        `a column ${quoteName(name)}`,
        names.slice(0, 8).map(quoteName).join(", "),
      );
    return column;
  };
  return { text: find(header.text), label: find(header.label) };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function unusable(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_DATA", "A line of labelled text cannot be used", {
    where,
    expected,
    found,
  });
}
