// --cost-table: a table that was written beside another plan of this model, or the bundled one.

import { type CostTable, readCostTable } from "@espalier/core";
import type { Engine } from "../engine.js";
import { userPath } from "./values.js";

export async function costTableOption(
  engine: Engine,
  { costTable }: { readonly costTable?: string },
): Promise<{ readonly costTable?: CostTable }> {
  if (costTable === undefined) return {};
  return { costTable: readCostTable(await engine.readModelFile(userPath(costTable))) };
}
