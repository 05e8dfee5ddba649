// The views in the order of the page.

import { costsView } from "./costs.js";
import { frontierView } from "./frontier.js";
import { graphDiffView } from "./graph-diff.js";
import { provenanceView } from "./provenance.js";
import { refusalsView } from "./refusals.js";
import { sensitivityView } from "./sensitivity.js";
import { staircaseView } from "./staircase.js";
import { timingView } from "./timing.js";
import { verdictView } from "./verdict.js";
import type { View } from "./view.js";
import { widthLedgerView } from "./width-ledger.js";

export const VIEWS: readonly View[] = [
  verdictView,
  widthLedgerView,
  frontierView,
  sensitivityView,
  staircaseView,
  costsView,
  graphDiffView,
  timingView,
  refusalsView,
  provenanceView,
];
