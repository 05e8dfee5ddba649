// A pattern of zeros in a sentence, which says as well what it does not do.

import type { Receipt } from "@espalier/core";
import { formatNumberOf, formatShare } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";

/** None where no weights follow a pattern. */
export function patternSentences({ nm, sparsity }: Receipt): string[] {
  if (nm === undefined) return [];
  const zeros = formatShare(sparsity.zeros / Math.max(1, sparsity.all));
  const broken =
    nm.violations === 0 ? "none breaks it" : `${formatNumberOf(nm.violations, "block")} break it`;
  const dense = nm.dense ?? [];
  const left = dense.length === 0 ? "" : `; ${dense.length} stay dense`;
  return [
    `${visibleText(nm.pattern, 20)} in ${formatNumberOf(nm.layers.length, "layer")}, ${broken}${left}; ${zeros} of all weights are zero. That makes nothing smaller, and only hardware that reads the pattern faster.`,
  ];
}
