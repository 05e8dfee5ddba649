// The views in the order of the page. A later one (staircase, frontier, sensitivity) is a line here.

import { costsView } from "./costs.js";
import { graphDiffView } from "./graph-diff.js";
import { provenanceView } from "./provenance.js";
import { refusalsView } from "./refusals.js";
import { timingView } from "./timing.js";
import { verdictView } from "./verdict.js";
import type { View } from "./view.js";
import { widthLedgerView } from "./width-ledger.js";

export const VIEWS: readonly View[] = [
  verdictView,
  widthLedgerView,
  costsView,
  graphDiffView,
  timingView,
  refusalsView,
  provenanceView,
];
