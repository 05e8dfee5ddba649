// A view answers one question about a pruning run. A new one is a file in this folder and a line in
// `all.ts`. A view that belongs to every run says why when it has nothing to show; one that only some runs have data
// for is left out of the others (`shown`).

import type { ReportContext } from "../report-input.js";
import type { Markup } from "../text/markup.js";

export interface View {
  /** Anchor of the section. */
  readonly id: string;
  readonly heading: string;
  /** The question it answers, in the reader's words. */
  readonly question: string;
  /** Rules only this view needs. */
  readonly css: string;
  /** Whether there is data for it; absent for views that belong to every run. */
  shown?(context: ReportContext): boolean;
  render(context: ReportContext): Markup;
}
