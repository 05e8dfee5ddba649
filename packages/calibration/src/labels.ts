// --labels: which class each image belongs to. Lines of a file name, a tab and a class index; more columns and a line
// of headings are allowed.

import { EspalierError } from "@espalier/ir";
import type { ReadFile } from "./calibration-item.js";

/** File name → class index. @throws EspalierError `INVALID_OPTION`; reading errors */
export async function readLabels(readFile: ReadFile, path: string): Promise<ReadonlyMap<string, number>> {
  const lines = new TextDecoder().decode(await readFile(path)).split(/\r?\n/);
  const labels = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const [name = "", index = ""] = line.split("\t");
    if (/^\d{1,6}$/.test(index.trim())) labels.set(name.trim(), Number(index));
    else if (at > 0)
      throw new EspalierError("INVALID_OPTION", "A line of the labels says no class", {
        where: `--labels, line ${at + 1}`,
        expected: "a file name, a tab, a class index",
        found: line.slice(0, 80),
      });
  }
  return labels;
}
