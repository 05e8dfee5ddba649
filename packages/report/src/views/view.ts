// A view answers one question about a pruning run. A new one is a file in this folder and a line in
// `all.ts`. A view that has nothing to show says why instead of vanishing.

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
  render(context: ReportContext): Markup;
}
