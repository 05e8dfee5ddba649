// What a report is made of.

import type { CostTable, PruningPlan, Receipt } from "@espalier/core";
import type { ReportGraph } from "./graph/report-graph.js";
import type { Verdict } from "./verdict/verdict.js";

export interface ReportInput {
  readonly receipt: Receipt;
  /** The plan, for what was asked; null when there is none. */
  readonly plan: PruningPlan | null;
  /** The network before and after (`reportGraph`); null leaves the graph view empty. */
  readonly graph: ReportGraph | null;
  /** The costs the widths were chosen by; without them there is no staircase to show. */
  readonly costTable?: CostTable | null;
  /** Title of the page; the model's file name otherwise. */
  readonly title?: string;
}

/** What every view is given. */
export interface ReportContext extends ReportInput {
  readonly verdict: Verdict;
  /** Printable file name of the model. */
  readonly modelName: string;
}
