// The limits in docs/reliability.md are those of the code.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BROWSER_LIMITS, type Limits, NODE_LIMITS } from "@espalier/ir";
import { expect, it } from "vitest";

it("docs/reliability.md lists every limit with its values", () => {
  const rows = (Object.keys(NODE_LIMITS) as (keyof Limits)[]).map(
    (name) => `| \`${name}\` | ${NODE_LIMITS[name]} | ${BROWSER_LIMITS[name]} |`,
  );
  const text = readFileSync(fileURLToPath(new URL("../../docs/reliability.md", import.meta.url)), "utf8");
  expect(text).toContain(["| Limit | Node | Tab |", "|---|---:|---:|", ...rows].join("\n"));
});
