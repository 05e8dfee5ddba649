// The limits in docs/reliability.md are those of the code.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BROWSER_LIMITS, type Limits, NODE_LIMITS } from "@espalier/ir";
import { expect, it } from "vitest";

it("docs/reliability.md lists every limit with its values", () => {
  const expected = (Object.keys(NODE_LIMITS) as (keyof Limits)[]).map((name) => [
    `\`${name}\``,
    String(NODE_LIMITS[name]),
    String(BROWSER_LIMITS[name]),
  ]);
  const text = readFileSync(fileURLToPath(new URL("../../docs/reliability.md", import.meta.url)), "utf8");
  // Cells, not spaces: the formatter aligns tables.
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const start = rows.findIndex((row) => row.join() === "Limit,Node,Tab");
  expect(start).toBeGreaterThanOrEqual(0);
  expect(rows.slice(start + 2, start + 2 + expected.length)).toEqual(expected);
});
